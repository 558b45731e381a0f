"""PostgreSQL as others run it: behind PgBouncer in transaction mode, and as a primary with a replica."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import pytest

from faults.clusters import Cluster, cluster, folder, pgbouncer, replica
from service.app import build_app, open_context, prepare_keys, prepare_schema
from service.context import Context
from service.model.people import Role, Scope
from service.screening.screener import Screener
from service.settings import Settings
from service.usecases.govern import add_moderator, add_site
from service.usecases.tokens import add_token
from tests.factories import ARTICLE, PASSWORD, SITE_ORIGIN, a_body

PATH = "/v1/sites/daily/submissions"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture
async def primary(home: Path) -> AsyncIterator[Cluster]:
    with cluster(home, f"primary-{time.monotonic_ns()}") as made:
        await prepare_schema(made.dsn("greenroom_owner"), made.dsn("greenroom_app"))
        yield made


@asynccontextmanager
async def service_on(
    dsn: str, settings: Settings, screener: Screener
) -> AsyncIterator[tuple[Context, httpx2.AsyncClient]]:
    """The application on this database, with the site `daily`."""
    prepare_keys(settings)
    async with open_context(settings, dsn, screener) as ctx:
        await add_site(ctx, "daily", [SITE_ORIGIN], actor="test")
        transport = httpx2.ASGITransport(build_app(ctx), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield ctx, client


async def post(client: httpx2.AsyncClient, number: int) -> int:
    headers = {"Idempotency-Key": f"k{number}"}
    body = a_body(text=f"The comment with the number {number}.")
    return (await client.post(PATH, json=body, headers=headers)).status_code


async def all_answered(asks: Sequence[Callable[[], Awaitable[int]]]) -> list[int]:
    """Every first answer that is not 503, six at a time: more than there are connections."""
    turns = asyncio.Semaphore(6)

    async def answered(ask: Callable[[], Awaitable[int]]) -> int:
        until = time.monotonic() + 60
        async with turns:
            while (status := await ask()) == 503:
                assert time.monotonic() < until
                await asyncio.sleep(0.2)
            return status

    return await asyncio.gather(*map(answered, asks))


async def test_behind_pgbouncer_everything_works_whoever_gets_which_connection(
    home: Path, primary: Cluster, settings: Settings, screener: Screener
) -> None:
    pooled = settings.model_copy(update={"pgbouncer": True})
    with pgbouncer(home, primary, size=3) as port:
        async with service_on(primary.dsn("greenroom_app", port=port), pooled, screener) as (ctx, client):
            posts = [partial(post, client, number % 15) for number in range(30)]
            assert set(await all_answered(posts)) == {202}
            await add_moderator(ctx, "ana", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")
            token = await add_token(ctx, [Scope.MODERATE, Scope.READ], actor="test")
            as_moderator = {"Authorization": f"Bearer {token}"}
            page = (await client.get("/v1/queue", params={"limit": 100}, headers=as_moderator)).json()
            assert len(page["comments"]) == 15

            async def approve(comment_id: str) -> int:
                path, body = f"/v1/comments/{comment_id}/decisions", {"action": "approve", "version": 1}
                return (await client.post(path, json=body, headers=as_moderator)).status_code

            twice = [partial(approve, comment["id"]) for comment in page["comments"] * 2]
            decided = await all_answered(twice)
            assert sorted(decided) == [201] * 15 + [409] * 15
            thread = await client.get("/v1/sites/daily/thread", params={"page": ARTICLE, "limit": 100})
            assert len(thread.json()["comments"]) == 15
            wrong = {"name": "ana", "password": "wrong, and wrong again"}
            tried = [
                await client.post("/v1/session", json=wrong, headers={"Origin": "http://testserver"})
                for _ in range(7)
            ]
            assert {answer.status_code for answer in tried} == {401, 429}


async def test_behind_pgbouncer_a_statement_that_hangs_is_ended_by_its_time_limit(
    home: Path, primary: Cluster, settings: Settings, screener: Screener
) -> None:
    pooled = settings.model_copy(update={"pgbouncer": True})
    with pgbouncer(home, primary) as port:
        async with (
            service_on(primary.dsn("greenroom_app", port=port), pooled, screener) as (ctx, _),
            ctx.db.read() as conn,
        ):
            assert await conn.fetchval("SHOW statement_timeout") == "2s"
            assert await conn.fetchval("SHOW lock_timeout") == "600ms"


async def test_after_a_failover_the_new_primary_is_found(
    home: Path, primary: Cluster, settings: Settings, screener: Screener
) -> None:
    with replica(home, primary, f"replica-{time.monotonic_ns()}") as second:
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{second.port}"
        dsn = (
            f"postgresql://greenroom_app:{primary.password}@{hosts}/greenroom?target_session_attrs=read-write"
        )
        async with service_on(dsn, settings, screener) as (ctx, client):
            acknowledged = {number for number in range(10) if await post(client, number) == 202}
            await _caught_up(primary, second)
            primary.stop(signal.SIGQUIT)
            assert await post(client, 100) == 503
            second.promote()
            began = time.monotonic()
            statuses = set()
            while (status := await post(client, 100)) != 202:
                statuses.add(status)
                assert time.monotonic() - began < 20
            assert statuses <= {503}
            async with ctx.db.read() as conn:
                found = {row["text"] for row in await conn.fetch("SELECT text FROM comment")}
            wanted = {f"The comment with the number {number}." for number in {*acknowledged, 100}}
            assert found == wanted


async def _caught_up(primary: Cluster, second: Cluster) -> None:
    one = await asyncpg.connect(primary.dsn())
    two = await asyncpg.connect(second.dsn())
    try:
        position = await one.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        until = time.monotonic() + 20
        while not await two.fetchval("SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position):
            assert time.monotonic() < until
            await asyncio.sleep(0.05)
    finally:
        await one.close()
        await two.close()
