"""Choosing keys: habits from elsewhere, a key for one act, and none at all."""

import json
import re
from itertools import chain

import httpx2
import pytest

from service.web.console.keys import PRESET, PRESETS, USUAL, keys_of
from tests.web.console_forms import OWN, csrf, sign_in, words

KEYS = "/console/keys"


@pytest.mark.parametrize("preset", list(PRESETS))
def test_no_key_does_two_things(preset: str) -> None:
    keys = list(chain.from_iterable(keys_of({PRESET: preset}).values()))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("chosen", "action", "keys"),
    [
        ({}, "approve", ["a"]),
        ({"preset": "coral"}, "approve", ["f"]),
        ({"approve": "y"}, "approve", ["y"]),
        ({"spam": "a"}, "approve", []),
        ({"next": "e"}, "next", ["e", "ArrowDown"]),
        ({"undo": "too long"}, "undo", ["z", "Mod+z"]),
        ({"nonsense": "q", "preset": "nonsense"}, "approve", ["a"]),
    ],
)
def test_what_was_chosen_comes_before_what_is_usual(
    chosen: dict[str, str], action: str, keys: list[str]
) -> None:
    assert keys_of(chosen)[action] == keys


@pytest.mark.usefixtures("site", "moderator")
class TestOnThePage:
    async def test_a_habit_and_a_key_are_kept_and_given_to_the_triage_view(
        self, client: httpx2.AsyncClient
    ) -> None:
        await sign_in(client)
        token = await csrf(client)
        await client.put("/v1/me/preferences", json={"language": "ur"}, headers=OWN)
        habit = {"csrf": token, "preset": "coral", "shortcuts": "on"}
        kept = await client.post(KEYS, data=habit, headers=OWN)
        assert kept.headers["location"] == f"{KEYS}?done=kept#notice"
        key = {"csrf": token, "action": "spam", "key": "y"}
        assert (await client.post(f"{KEYS}/key", data=key, headers=OWN)).status_code == 303

        given = await settings(client)
        assert (given["approve"], given["reject"], given["spam"]) == (["f"], ["d"], ["y"])
        preferences = (await client.get("/v1/me/preferences")).json()
        assert preferences["language"] == "ur"
        assert preferences["keys"] == {"preset": "coral", "spam": "y"}
        assert set(given) == set(USUAL)

    async def test_without_shortcuts_the_triage_view_is_given_no_keys(
        self, client: httpx2.AsyncClient
    ) -> None:
        await sign_in(client)
        await client.post(KEYS, data={"csrf": await csrf(client), "preset": "usual"}, headers=OWN)
        assert await settings(client) is None

    async def test_a_key_that_is_none_is_refused_beside_its_field(self, client: httpx2.AsyncClient) -> None:
        await sign_in(client)
        key = {"csrf": await csrf(client), "action": "spam", "key": "ش"}
        refused = await client.post(f"{KEYS}/key", data=key, headers=OWN)

        assert refused.status_code == 422
        assert "A key is one letter" in words(refused.text)
        assert refused.text.count('aria-invalid="true"') == 1


async def settings(client: httpx2.AsyncClient) -> dict[str, list[str]]:
    """The keys in what the page gives to its script."""
    page = (await client.get("/console")).text
    found = re.search(r'id="settings">(.*?)</script>', page)
    assert found
    keys: dict[str, list[str]] = json.loads(found[1])["keys"]
    return keys
