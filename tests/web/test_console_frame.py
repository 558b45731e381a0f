"""The frame of the console: its menu, and how it looks."""

import re

import brotli
import httpx2
import pytest

from service.web.console import frame
from tests.conftest import Bearer
from tests.web.console_forms import OWN, sign_in, words

pytestmark = pytest.mark.usefixtures("site", "moderator")

LOOKS = "/console/looks"


async def test_the_menu_leads_only_where_the_caller_may_go_and_something_is(
    client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    page = (await client.get("/console", headers=await bearer("read"))).text
    menu = page[page.index("<nav") : page.index("</nav>")]

    assert 'href="/console" aria-current="page"' in menu
    for address in re.findall(r'href="([^"]+)"', menu):
        assert (await client.get(address, headers=await bearer("read"))).status_code == 200, address


async def test_a_language_and_a_theme_are_kept_and_lead_back(client: httpx2.AsyncClient) -> None:
    await sign_in(client)
    chosen = await client.post(LOOKS, data={"language": "ur", "back": "/console/decided"}, headers=OWN)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/console/decided")
    await client.post(LOOKS, data={"theme": "dark"}, headers=OWN)
    page = (await client.get("/console")).text

    assert '<html lang="ur" dir="rtl" data-theme="dark">' in page
    assert "قطار خالی ہے۔" in words(page)
    assert '<button name="theme" value="dark" aria-pressed="true">' in page


@pytest.mark.parametrize(
    ("accepted", "lang"), [("ur-PK,ur;q=0.9,en;q=0.8", "ur"), ("ar", "ar"), ("tlh, en", "en"), ("", "en")]
)
async def test_without_a_choice_the_browsers_first_known_language_is_spoken(
    client: httpx2.AsyncClient, accepted: str, lang: str
) -> None:
    page = await client.get("/console/sign-in", headers={"Accept-Language": accepted})
    assert f'<html lang="{lang}"' in page.text


@pytest.mark.parametrize("cookie", ["", "purple.tlh", ".", "dark", '"<b>', "light.ur.x"])
async def test_a_strange_cookie_changes_nothing(client: httpx2.AsyncClient, cookie: str) -> None:
    page = await client.get("/console/sign-in", headers={"Cookie": f"{frame.LOOKS_COOKIE}={cookie}"})
    assert page.status_code == 200
    assert re.search(r'<html lang="en" dir="ltr" data-theme="(auto|light|dark)">', page.text)


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"theme": "purple"}, OWN, 422),
        ({"language": "tlh"}, OWN, 422),
        ({"theme": "dark"}, {"Origin": "https://evil.example"}, 403),
        ({"theme": "dark"}, {}, 403),
    ],
)
async def test_looks_are_chosen_from_a_list_and_on_our_own_pages(
    client: httpx2.AsyncClient, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    response = await client.post(LOOKS, data=form, headers=headers)
    assert response.status_code == status
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("path", "most"), [("console.css", 6_000), ("triage.css", 6_000), ("triage.js", 25_000)]
)
async def test_what_the_console_loads_is_small_and_mirrors(
    client: httpx2.AsyncClient, path: str, most: int
) -> None:
    sent = await client.get(f"/console/{path}")
    assert not re.search(r"(?m)^@?import ", sent.text)
    assert not re.search(r"(?<![\w-])(left|right|margin-top|padding-bottom)\s*:", sent.text)
    assert len(brotli.compress(sent.content)) <= most
