"""How the console's tests sign in, send its forms, and read its pages."""

import re
from html import unescape
from uuid import UUID

import httpx2

from tests.factories import PASSWORD

OWN = {"Origin": "http://testserver"}
SIGN_IN = "/console/sign-in"


async def sign_in(
    client: httpx2.AsyncClient, name: str = "ana", password: str = PASSWORD, **more: str
) -> httpx2.Response:
    form = {"name": name, "password": password, **more}
    return await client.post(SIGN_IN, data=form, headers=OWN)


def decisions(comment_id: UUID) -> str:
    return f"/console/comments/{comment_id}/decisions"


async def csrf(client: httpx2.AsyncClient) -> str:
    """The token that the signed-in browser's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/console")).text)
    assert found
    return found[1]


async def decide(
    client: httpx2.AsyncClient, comment_id: UUID, action: str, version: int = 1, **more: str
) -> httpx2.Response:
    form = {"action": action, "version": str(version), "csrf": await csrf(client), **more}
    return await client.post(decisions(comment_id), data=form, headers=OWN)


async def followed(client: httpx2.AsyncClient, response: httpx2.Response) -> str:
    """The text of the page that a 303 leads to, without tags and with single spaces."""
    assert response.status_code == 303, response.text
    page = await client.get(response.headers["location"])
    assert page.status_code == 200
    return words(page.text)


def words(html: str) -> str:
    """What is read on a page."""
    return " ".join(unescape(re.sub(r"(?s)<script.*?</script>|<[^>]*>", "", html)).split())
