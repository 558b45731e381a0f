"""A row that is held, or a server that says nothing: a clear answer, and every connection comes back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest

from service.context import Context
from service.store.database import Connection
from service.store.patience import Patience
from tests.conftest import Bearer, MakeComment
from tests.factories import SITE_ORIGIN

# Far beyond all limits that a request can run into one after the other.
PATIENCE = 40
BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'greenroom'"
)
APPROVE: dict[str, Any] = {"action": "approve", "version": 1}


@asynccontextmanager
async def held(owner_dsn: str, sql: str, *values: object) -> AsyncIterator[None]:
    """Another session has run this, and neither commits nor goes away."""
    other = await asyncpg.connect(owner_dsn)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute(sql, *values)
        yield
        await transaction.rollback()
    finally:
        await other.close()


async def require_every_connection(ctx: Context) -> None:
    """As many as a pool may have can be had at once, each answers, and all of them come back."""
    for pool in (ctx.db._public, ctx.db._moderation, ctx.db._readers):
        assert pool is not None
        async with AsyncExitStack() as taken:
            for _ in range(pool.get_max_size()):
                mine = await taken.enter_async_context(pool.acquire(timeout=5))
                assert await mine.fetchval("SELECT 1") == 1
        assert pool.get_idle_size() == pool.get_size() == pool.get_max_size()


def require_not_now(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_decision_on_a_row_that_is_held_is_refused_and_can_be_made_afterwards(
    client: httpx2.AsyncClient, ctx: Context, owner_dsn: str, make_comment: MakeComment, bearer: Bearer
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/decisions"
    async with (
        asyncio.timeout(PATIENCE),
        held(owner_dsn, "SELECT FROM comment WHERE id = $1 FOR UPDATE", comment_id),
    ):
        # More than there are connections: those that wait for one are answered as well.
        answers = await asyncio.gather(
            *(
                client.post(path, json=APPROVE, headers=headers)
                for _ in range(3 * ctx.settings.moderation_pool_size)
            )
        )
    for answer in answers:
        require_not_now(answer)
    assert (await client.post(path, json=APPROVE, headers=headers)).status_code == 201
    await require_every_connection(ctx)


async def test_a_decision_that_waits_for_its_page_is_undone_whole(
    client: httpx2.AsyncClient,
    ctx: Context,
    owner_dsn: str,
    conn: Connection,
    make_comment: MakeComment,
    bearer: Bearer,
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/decisions"
    async with asyncio.timeout(PATIENCE), held(owner_dsn, "SELECT FROM page FOR UPDATE"):
        require_not_now(await client.post(path, json=APPROVE, headers=headers))
    assert tuple(await conn.fetchrow("SELECT status, version FROM comment") or ()) == ("pending", 1)
    assert await conn.fetchval("SELECT count(*) FROM decision") == 0
    assert (await client.post(path, json=APPROVE, headers=headers)).status_code == 201
    await require_every_connection(ctx)


async def test_of_many_at_once_none_is_decided_while_one_is_held(
    client: httpx2.AsyncClient, ctx: Context, owner_dsn: str, make_comment: MakeComment, bearer: Bearer
) -> None:
    ids, headers = (
        [await make_comment(text=f"Number {number}.") for number in range(3)],
        await bearer("moderate"),
    )
    items = [{"comment_id": str(comment_id), "version": 1} for comment_id in ids]
    body = {"action": "approve", "items": items}
    async with (
        asyncio.timeout(PATIENCE),
        held(owner_dsn, "SELECT FROM comment WHERE id = $1 FOR UPDATE", ids[1]),
    ):
        during = await client.post("/v1/decisions", json=body, headers=headers)
    assert (during.status_code, during.json()["decided"]) == (200, 0)
    assert {outcome["code"] for outcome in during.json()["outcomes"]} == {"unavailable"}
    after = await client.post("/v1/decisions", json=body, headers=headers)
    assert (after.status_code, after.json()["decided"]) == (200, 3)
    await require_every_connection(ctx)


async def test_a_submission_to_a_page_that_is_held_is_refused_and_stored_once_afterwards(
    client: httpx2.AsyncClient, ctx: Context, owner_dsn: str, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment()
    headers = {"Origin": SITE_ORIGIN, "Idempotency-Key": "kept"}
    sent = {"page": f"{SITE_ORIGIN}/bridge", "name": "Bo", "email": "bo@example.com", "text": "It rains."}
    path = "/v1/sites/daily/submissions"
    async with asyncio.timeout(PATIENCE), held(owner_dsn, "LOCK TABLE comment IN ACCESS EXCLUSIVE MODE"):
        require_not_now(await client.post(path, json=sent, headers=headers))
    assert (await client.post(path, json=sent, headers=headers)).status_code == 202
    assert await conn.fetchval("SELECT count(*) FROM comment") == 2
    await require_every_connection(ctx)


async def test_a_decision_that_a_silent_server_has_is_given_up(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, make_comment: MakeComment, bearer: Bearer
) -> None:
    """The server's own limits cannot help where its processes stand still: the driver's do."""
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/decisions"
    await require_every_connection(ctx)
    backends = [row["pid"] for row in await conn.fetch(BACKENDS)]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(PATIENCE):
            require_not_now(await client.post(path, json=APPROVE, headers=headers))
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    async with asyncio.timeout(PATIENCE):
        while (answer := await client.post(path, json=APPROVE, headers=headers)).status_code == 503:  # noqa: ASYNC110 - by itself
            await asyncio.sleep(0.2)
    # What was given up may have been done all the same, and then says so.
    assert answer.status_code in {201, 409}, answer.text
    assert await conn.fetchval("SELECT count(*) FROM decision") == 1
    await require_every_connection(ctx)


async def test_nobody_waits_where_no_connection_comes_back_and_everybody_does_where_some_do() -> None:
    still, moving, never = Patience(), Patience(), asyncio.Event()

    async def give_back() -> None:
        while True:
            moving.returned()
            await asyncio.sleep(0.01)

    returning = asyncio.create_task(give_back())
    waiting = asyncio.create_task(moving.wait(never.wait()))
    with pytest.raises(TimeoutError):
        await still.wait(never.wait())
    assert not waiting.done()
    with pytest.raises(TimeoutError):
        await waiting
    returning.cancel()
    never.set()
    assert await still.wait(never.wait())
