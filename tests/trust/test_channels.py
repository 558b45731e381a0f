"""What strangers write comes out the same on every path, under the right headers, and nothing is fetched."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import httpx2
import pytest

from service.context import Context
from service.model.people import Rights, Role
from service.web.http.shell import API_POLICY
from service.web.http.state import State
from service.web.routes import ENDPOINTS
from tests.authorisation_table import OPEN
from tests.conftest import Bearer
from tests.factories import ARTICLE, SITE_ORIGIN, a_body
from tests.people import a_moderator, signed_in
from tests.web.authors import approve, approved_elsewhere, write

SCRIPT: Final = "</textarea></script><script>alert(1)</script><img src=x onerror='alert(1)'>"
PAGE: Final = {"page": ARTICLE}
THREAD: Final = "/v1/sites/daily/thread"
pytestmark = pytest.mark.usefixtures("site")


async def test_t5_what_an_author_writes_afterwards_is_read_as_strictly_and_shown_as_text(
    client: httpx2.AsyncClient, ctx: Context, state: State
) -> None:
    author = await write(client, name="Sam <b>")
    for refused in ("a\x00b", "x" * 10_001, " \u200b"):
        assert (await author.act("text", text=refused)).status_code == 422
    assert (await author.act("text", text=SCRIPT)).status_code == 200
    await approve(ctx, author, version=2)
    approved_elsewhere(state)
    shown = (await client.get(THREAD, params=PAGE)).json()["comments"][0]
    assert (shown["text"], shown["name"]) == (SCRIPT, "Sam <b>")
    html = (await client.get(THREAD, params=PAGE, headers={"Accept": "text/html"})).text
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


async def test_t8_an_answer_in_json_that_is_opened_as_a_page_is_nothing_to_a_browser(
    client: httpx2.AsyncClient, ctx: Context, state: State, bearer: Bearer
) -> None:
    author = await write(client, text=SCRIPT, name="<script>")
    await approve(ctx, author)
    approved_elsewhere(state)
    read = await bearer("read")
    answers = [
        await client.get(THREAD, params=PAGE),
        await client.get(author.path, headers=author.headers),
        await client.get(f"/v1/comments/{author.id}", headers=read),
        await client.post(f"{THREAD}/none", json={"text": SCRIPT}),
        await client.post("/v1/sites/daily/submissions", json=a_body(**{SCRIPT: "x"})),
    ]
    for answer in answers:
        assert answer.headers["content-type"] in {"application/json", "application/problem+json"}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == API_POLICY


async def test_t9_every_channel_escapes_for_itself(
    client: httpx2.AsyncClient, ctx: Context, bearer: Bearer
) -> None:
    """There is no feed; mails hold nothing that strangers wrote; the trail's CSV is T73's."""
    author = await write(client, text=SCRIPT, name="<script>")
    root = await signed_in(ctx, await a_moderator(ctx, "<script>root", Rights(Role.ADMIN)))
    for path in ("/console", f"/console/comments/{author.id}", "/console/search", "/console/audit"):
        page = await client.get(path, headers=root)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<script>root" not in page.text
    copy = {"email": "reader@example.com"}
    export = await client.post(
        "/v1/sites/daily/privacy/export", json={**copy}, headers=await bearer("export", "admin")
    )
    assert json.loads(export.text)
    assert export.headers["content-type"] == "application/json"


ALWAYS: Final = {
    "x-content-type-options": {"nosniff"},
    "referrer-policy": {"no-referrer", "same-origin"},
    "cross-origin-opener-policy": {"same-origin"},
    "permissions-policy": {"camera=(), geolocation=(), microphone=()"},
}


async def test_t50_every_page_and_answer_has_the_headers_that_forbid_what_it_does_not_need(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    author = await write(client)
    root = await signed_in(ctx, await a_moderator(ctx, "root", Rights(Role.ADMIN)))
    fill = {"{site}": "daily", "{comment_id}": str(author.id), "{moderator_id}": str(author.id)}
    asked = 0
    for found in (each for each in ENDPOINTS if each.method == "GET" and each.path != "/v1/events"):
        path = found.path
        for name, value in fill.items():
            path = path.replace(name, value)
        guarded = f"GET {found.path}" not in OPEN
        answer = await client.get(path, headers=root if guarded else {})
        asked += 1
        for header, values in ALWAYS.items():
            assert answer.headers.get_list(header)[0] in values, (path, header)
            assert len(answer.headers.get_list(header)) == 1
        [policy] = answer.headers.get_list("content-security-policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors" in policy
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        if guarded:
            assert answer.headers["cache-control"] == "no-store", path
            assert "access-control-allow-origin" not in answer.headers
        if path.startswith("/console"):
            assert "frame-ancestors 'none'" in policy
    assert asked > 50


class Calls:
    """Where this process would have connected, and whose address it asked for."""

    def __init__(self) -> None:
        self.listening = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.listening or event not in {
            "socket.connect",
            "socket.getaddrinfo",
            "socket.gethostbyname",
        }:
            return
        if event == "socket.connect":
            sock, address = arguments
            if isinstance(sock, socket.socket) and sock.family == socket.AF_UNIX:
                return
            self.seen.append(f"{event} {address}")
        else:
            self.seen.append(f"{event} {arguments[0]}")


CALLS: Final = Calls()
sys.addaudithook(CALLS)


@pytest.fixture
def calls() -> Iterator[list[str]]:
    CALLS.seen.clear()
    CALLS.listening = True
    yield CALLS.seen
    CALLS.listening = False


async def test_t70_nothing_that_a_visitor_names_is_asked_for(
    client: httpx2.AsyncClient, ctx: Context, state: State, calls: list[str]
) -> None:
    canary = "https://canary.example"
    author = await write(
        client,
        website=f"{canary}/me",
        email="reader@canary.example",
        text=f"See {canary}/picture.png and {canary}/feed.xml ![]({canary}/x) http://192.0.2.1/",
        page=f"{SITE_ORIGIN}/never-seen",
        page_title=None,
    )
    await approve(ctx, author)
    approved_elsewhere(state)
    root = await signed_in(ctx, await a_moderator(ctx, "root", Rights(Role.ADMIN)))
    page = {"page": f"{SITE_ORIGIN}/never-seen"}
    assert canary in (await client.get(THREAD, params=page, headers={"Accept": "text/html"})).text
    assert (await client.get(f"/console/comments/{author.id}", headers=root)).status_code == 200
    assert calls == []
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
    assert calls, "The check itself must be able to see."
