"""Floods on a real database: begun and ended by what is measured, told once, switched by hand."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from service.context import Context
from service.errors import ProofNeeded
from service.model.floods import CALM, LONGEST, Flood, Measured, measure
from service.model.screenings import Policy
from service.model.sites import Site
from service.store import sites
from service.store.database import Connection
from service.usecases import proof_of_work
from service.usecases.set_policy import DEFAULT_WEIGHTS
from service.usecases.submit import submit
from service.usecases.tidy import tidy
from service.usecases.watch_floods import flood_of, switch_flood, watch_floods
from tests.factories import a_delivery, a_submission, submitted
from tests.web.proving import solve

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_flood_begins_far_from_the_usual_and_never_below_the_floor() -> None:
    steady = [60] * 84
    assert not measure(60, steady, 28, 60).is_flood
    assert measure(61, steady, 28, 60).is_flood
    busy = [6_000] * 84
    assert not measure(4_000, busy, 28, 60).is_flood
    assert measure(4_001, busy, 28, 60).is_flood
    assert measure(100, [], 0.5, 60).threshold == 120


def test_a_flood_ends_after_a_while_of_calm_and_not_before() -> None:
    high, low, middling = Measured(200, 10, 100), Measured(40, 10, 100), Measured(80, 10, 100)
    flood = Flood().after(high, NOON)
    assert flood.is_on(NOON)
    flood = flood.after(low, NOON)
    flood = flood.after(low, NOON + CALM - timedelta(seconds=1))
    assert flood.is_on(NOON)
    # Whatever is no calm begins the while anew, though it would not begin a flood.
    flood = flood.after(middling, NOON + CALM)
    flood = flood.after(low, NOON + CALM)
    assert flood.is_on(NOON)
    assert not flood.after(low, NOON + 2 * CALM).is_on(NOON + 2 * CALM)
    assert not Flood().after(middling, NOON).is_on(NOON)


async def press(conn: Connection, site: Site, asked: int, ago: str = "1 minute") -> None:
    """So many submissions were asked for a proof a moment ago."""
    await conn.execute(
        "INSERT INTO asked_proof VALUES ($1, date_trunc('minute', now() - $3::text::interval), 0, $2)"
        " ON CONFLICT (site_id, begins_at, slot) DO UPDATE SET asked = excluded.asked",
        site.id,
        asked,
        ago,
    )


async def known(conn: Connection, site: Site, an_hour: int) -> None:
    """For four weeks, so many comments came in each hour."""
    await conn.execute(
        "INSERT INTO hour (site_id, begins_at, submitted)"
        " SELECT $1, h, $2 FROM generate_series(date_trunc('hour', now()) - interval '28 days',"
        " date_trunc('hour', now()) - interval '1 hour', interval '1 hour') AS h",
        site.id,
        an_hour,
    )


def later(ctx: Context, passed: timedelta) -> Context:
    clock: Callable[[], datetime] = ctx.clock
    return dataclasses.replace(ctx, clock=lambda: clock() + passed)


async def test_a_flood_is_told_once_by_whoever_noticed_and_ends_by_itself(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await known(conn, site, 60)
    assert await watch_floods(ctx) == 0
    assert await conn.fetchval("SELECT count(*) FROM flood") == 0
    await press(conn, site, 500)
    with structlog.testing.capture_logs() as said:
        assert sum(await asyncio.gather(*(watch_floods(ctx) for _ in range(4)))) == 1
        assert await watch_floods(ctx) == 0
    assert [line["event"] for line in said] == ["flood.began"]
    found, _ = (await sites.by_slug(conn, "daily")) or (site, None)
    assert found.flooded
    seen = (await flood_of(ctx, site)).measured
    assert (seen.pressure, seen.usual, seen.threshold) == (500, 10.0, 60.0)
    told = await conn.fetchrow("SELECT actor, after FROM audit_event WHERE action = 'flood.began'")
    assert told is not None
    assert told["actor"] == "flood"
    assert "500 comments and requests in ten minutes; 10.0 are usual" in told["after"]
    assert await conn.fetchval("SELECT version FROM event WHERE kind = 'flood'") == 1

    await conn.execute("DELETE FROM asked_proof")
    assert await watch_floods(ctx) == 0
    assert await watch_floods(later(ctx, CALM + timedelta(seconds=1))) == 1
    found, _ = (await sites.by_slug(conn, "daily")) or (site, None)
    assert not found.flooded
    assert [row["action"] for row in await conn.fetch("SELECT action FROM audit_event ORDER BY id")][-2:] == [
        "flood.began",
        "flood.ended",
    ]


async def test_what_is_usual_at_this_hour_is_no_flood(ctx: Context, site: Site, conn: Connection) -> None:
    await known(conn, site, 3_000)
    await press(conn, site, 500)
    assert await watch_floods(ctx) == 0
    assert (await flood_of(ctx, site)).measured.threshold == 2_000


async def test_comments_count_as_well_as_requests(ctx: Context, site: Site, conn: Connection) -> None:
    low = dataclasses.replace(ctx, settings=ctx.settings.model_copy(update={"flood_floor": 2}))
    for number in range(5):
        await submitted(ctx, site, a_submission(text=f"Number {number}."), a_delivery())
    assert await watch_floods(low) == 1


async def test_somebodys_word_counts_for_a_while_and_then_what_is_measured(
    ctx: Context, site: Site, conn: Connection
) -> None:
    hour = timedelta(hours=1)
    flood = await switch_flood(ctx, site, True, hour, actor="root")
    assert (flood.is_on(ctx.clock()), flood.wanted_by) == (True, "root")
    assert await watch_floods(ctx) == 0
    assert await watch_floods(later(ctx, hour)) == 1
    assert not (await flood_of(ctx, site)).is_on(ctx.clock())

    await press(conn, site, 500)
    await watch_floods(ctx)
    await switch_flood(ctx, site, False, LONGEST, actor="root")
    found, _ = (await sites.by_slug(conn, "daily")) or (site, None)
    assert not found.flooded
    await switch_flood(ctx, site, None, hour, actor="root")
    found, _ = (await sites.by_slug(conn, "daily")) or (site, None)
    assert found.flooded
    said = [
        row["after"]
        for row in await conn.fetch("SELECT after FROM audit_event WHERE action = 'flood.set' ORDER BY id")
    ]
    assert [words.split()[0] for words in said] == ["on", "off", "by"]


async def test_in_a_flood_the_unknown_prove_their_work_and_the_known_need_not(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await submitted(ctx, site, a_submission(email="regular@example.com"), a_delivery())
    await conn.execute("UPDATE comment SET status = 'approved'")
    flooded = dataclasses.replace(site, flooded=True)
    eager = Policy(weights=DEFAULT_WEIGHTS, automatic=frozenset())

    with pytest.raises(ProofNeeded) as caught:
        await submit(ctx, flooded, eager, a_submission(text="Hello?"), a_delivery())
    assert await conn.fetchval("SELECT sum(asked) FROM asked_proof") == 1
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1
    proof = solve(caught.value.challenge)
    await submit(ctx, flooded, eager, a_submission(text="Hello?"), a_delivery(proof=proof))
    await submit(
        ctx, flooded, eager, a_submission(text="It is me.", email="regular@example.com"), a_delivery()
    )
    await submit(ctx, flooded, eager, a_submission(text="No script."), a_delivery(can_prove=False))
    await submit(ctx, flooded, eager, a_submission(text="An import."), a_delivery(trusted=True))
    marked = await conn.fetch(
        "SELECT c.text FROM comment c JOIN signal s ON s.comment_id = c.id WHERE s.name = 'unproved'"
    )
    assert [row["text"] for row in marked] == ["No script."]
    assert timedelta(minutes=10) == proof_of_work.LASTS


async def test_requests_for_a_proof_are_forgotten_after_an_hour(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await press(conn, site, 3)
    await press(conn, site, 3, ago="2 hours")
    await tidy(ctx)
    assert await conn.fetchval("SELECT count(*) FROM asked_proof") == 1
