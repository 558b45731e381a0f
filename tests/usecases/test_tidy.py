"""Tidying deletes what has run out, all of it, and nothing else."""

import dataclasses

import pytest

from service.context import Context
from service.model.people import Role
from service.model.screenings import Policy
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_moderator
from service.usecases.sign_in import sign_in
from service.usecases.submit import submit
from service.usecases.tidy import tidy
from tests.factories import PASSWORD, a_delivery, a_submission

TABLES = {
    "idempotency_key": "expires_at = now() - interval '1 second'",
    "rate_limit": "full_at = now() - interval '61 minutes'",
    "session": "expires_at = now() - interval '1 second'",
}


async def counts(conn: Connection) -> dict[str, int]:
    return {table: await conn.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


@pytest.fixture
async def used(ctx: Context, site: Site) -> None:
    """Two comments with keys from two networks, and a session."""
    for number in (1, 2):
        delivery = a_delivery(key=b"%d" % number, key_is_explicit=True, network=f"10.0.{number}.0/24")
        await submit(ctx, site, Policy(), a_submission(), delivery)
    await add_moderator(ctx, "ana", PASSWORD, role=Role.ADMIN, site_ids=None, actor="test")
    await sign_in(ctx, "ana", PASSWORD, "10.0.3.0/24")


@pytest.mark.usefixtures("used")
async def test_nothing_goes_before_its_time(ctx: Context, conn: Connection) -> None:
    before = await counts(conn)
    assert await tidy(ctx) == 0
    assert await counts(conn) == before
    assert before == {"idempotency_key": 2, "rate_limit": 4, "session": 1}


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("table", TABLES)
async def test_only_what_has_run_out_goes(ctx: Context, conn: Connection, table: str) -> None:
    before = await counts(conn)
    await conn.execute(f"UPDATE {table} SET {TABLES[table]} WHERE ctid = (SELECT min(ctid) FROM {table})")
    assert await tidy(ctx) == 1
    assert await counts(conn) == {**before, table: before[table] - 1}
    assert await conn.fetchval("SELECT count(*) FROM comment") == 2
    assert await conn.fetchval("SELECT count(*) FROM contact") == 2


async def test_more_than_a_batch_goes_in_one_run(ctx: Context, conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO rate_limit SELECT substring(sha256(n::text::bytea) FOR 16), now() - interval '2 hours'"
        "  FROM generate_series(1, 2500) AS n"
    )
    assert await tidy(ctx) == 2_500
    assert (await counts(conn))["rate_limit"] == 0


async def test_a_run_has_an_end_and_the_next_one_goes_on(
    ctx: Context, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.tidy._MOST_BATCHES", 2)
    await conn.execute(
        "INSERT INTO rate_limit SELECT substring(sha256(n::text::bytea) FOR 16), now() - interval '2 hours'"
        "  FROM generate_series(1, 2500) AS n"
    )
    assert [await tidy(ctx), await tidy(ctx)] == [2_000, 500]


async def test_an_expired_key_that_was_swept_lets_its_comment_stay(
    ctx: Context, site: Site, conn: Connection
) -> None:
    delivery = a_delivery(key=b"k", key_is_explicit=True)
    first = await submit(ctx, site, Policy(), a_submission(), delivery)
    await conn.execute(f"UPDATE idempotency_key SET {TABLES['idempotency_key']}")
    await tidy(ctx)
    second = await submit(ctx, site, Policy(), a_submission(), delivery)
    assert second != dataclasses.replace(first, replayed=True)
    assert await conn.fetchval("SELECT count(*) FROM comment") == 2
