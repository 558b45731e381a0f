"""What the owner of the demo's site does, over the API: commands take longer to start than to work."""

from typing import Any, Final

import httpx2

from tests.e2e.conftest import Newsroom

SITE = "/v1/sites/demo"


_KNOWN: Final[dict[str, dict[str, str]]] = {}


def owner(newsroom: Newsroom) -> httpx2.Client:
    """HTTP as the owner; one token for all tests."""
    url = newsroom.service_url
    if url not in _KNOWN:
        _KNOWN[url] = newsroom.service.token("admin", "read")
    return newsroom.service.client(**_KNOWN[url])


def settings(newsroom: Newsroom) -> dict[str, Any]:
    """The settings of the site."""
    with owner(newsroom) as client:
        found: dict[str, Any] = client.get(SITE).json()
    return found


def change(newsroom: Newsroom, **changes: object) -> None:
    """Change some of them."""
    kept = {name: value for name, value in settings(newsroom).items() if name not in {"site", "created_at"}}
    with owner(newsroom) as client:
        answer = client.put(SITE, json=kept | changes)
    assert answer.status_code == 200, answer.text


def flood(newsroom: Newsroom, on: bool | None) -> None:
    """Say that the site is flooded, or (None) leave it to what is measured."""
    with owner(newsroom) as client:
        assert client.put(f"{SITE}/flood", json={"on": on}).status_code == 200
