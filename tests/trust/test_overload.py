"""More than can be answered: refused at once, where the widget can read it, and never at moderators' cost."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from time import monotonic
from typing import TypeVar

import httpx2
import pytest

from service.context import Context
from service.settings import Settings
from service.web.http.state import State
from tests.conftest import Bearer
from tests.factories import ARTICLE, SITE_ORIGIN, a_body

T = TypeVar("T")
PATH = "/v1/sites/daily/submissions"
WIDGET = {"Origin": SITE_ORIGIN}


def assert_is_busy(response: httpx2.Response) -> None:
    """A 503 that the widget may read, and that says when to come back."""
    assert (response.status_code, response.json()["code"]) == (503, "unavailable"), response.text
    assert response.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert 1 <= int(response.headers["retry-after"]) <= 5


@pytest.mark.usefixtures("site")
async def test_a_flood_of_readers_is_refused_at_once_and_leaves_the_rest_alone(
    client: httpx2.AsyncClient, state: State, bearer: Bearer, ctx: Context
) -> None:
    assert (await client.post(PATH, json=a_body(), headers=WIDGET)).status_code == 202
    state.readers_gate.inside = ctx.settings.requests_at_once

    assert_is_busy(await client.post(PATH, json=a_body(text="One too many."), headers=WIDGET))
    assert_is_busy(await client.get("/v1/sites/daily/thread", params={"page": ARTICLE}, headers=WIDGET))
    assert_is_busy(await client.options(PATH, headers=WIDGET))
    stranger = await client.post(PATH, json=a_body(), headers={"Origin": "https://evil.example"})
    assert stranger.status_code == 503
    assert "access-control-allow-origin" not in stranger.headers
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await client.get(path)).status_code == 200
    [comment] = (await client.get("/v1/queue", headers=await bearer("read"))).json()["comments"]

    state.readers_gate.inside = 0
    assert (await client.post(PATH, json=a_body(text="Later."), headers=WIDGET)).status_code == 202
    assert state.readers_gate.inside == 0
    assert comment["text"] == a_body()["text"]


@pytest.mark.usefixtures("site")
async def test_whoever_was_let_in_is_let_out_however_it_ends(
    client: httpx2.AsyncClient, state: State
) -> None:
    for body in (a_body(), {}, a_body(name="x" * 500)):
        await client.post(PATH, json=body, headers=WIDGET)
    await client.get("/v1/queue")
    await client.get("/v1/sites/nowhere/thread", params={"page": ARTICLE})
    assert state.readers_gate.inside == state.others_gate.inside == 0


class TestDeadline:
    """A reader is not left waiting."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"request_seconds": 0.3})

    @pytest.mark.usefixtures("site")
    async def test_what_takes_too_long_is_given_up(
        self, client: httpx2.AsyncClient, state: State, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(state.threads, "get", never)
        assert_is_busy(await client.get("/v1/sites/daily/thread", params={"page": ARTICLE}, headers=WIDGET))
        assert state.readers_gate.inside == 0


@pytest.mark.usefixtures("site")
async def test_x8_where_readers_hold_every_connection_moderators_have_their_own(
    client: httpx2.AsyncClient, ctx: Context, bearer: Bearer
) -> None:
    read = await bearer("read")
    assert (await client.post(PATH, json=a_body(), headers=WIDGET)).status_code == 202
    async with AsyncExitStack() as slow:
        for _ in range(ctx.settings.pool_size):
            await slow.enter_async_context(ctx.db.read())
        refused = asyncio.create_task(client.post(PATH, json=a_body(text="Late."), headers=WIDGET))
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/v1/queue", headers=read)).status_code == 200
        assert_is_busy(await refused)
    assert (await client.post(PATH, json=a_body(text="After."), headers=WIDGET)).status_code == 202


async def _at_once(work: Awaitable[T]) -> T:
    """What this gives without waiting for anything."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    assert task.done(), "it waits"
    return await task


@pytest.mark.usefixtures("site")
async def test_where_every_connection_is_taken_only_one_request_waits_to_hear_of_its_site(
    ctx: Context, state: State
) -> None:
    found = await state.sites.by_slug("daily")
    long_ago = monotonic() - 60
    state.sites._known["daily"], state.sites._asked["daily"] = (long_ago, *found), long_ago
    async with AsyncExitStack() as slow:
        for _ in range(ctx.settings.pool_size):
            await slow.enter_async_context(ctx.db.read())
        asking = asyncio.create_task(state.sites.by_slug("daily"))
        await asyncio.sleep(0)
        assert not asking.done()
        assert await _at_once(state.sites.by_slug("daily")) == found
        assert await asking == found
        # What it waited for in vain is not asked for again at once.
        assert await _at_once(state.sites.by_slug("daily")) == found
