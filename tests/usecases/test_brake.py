"""The brake: automation acts only while people's decisions bear it out, and whoever asks is told why."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
import structlog

from service.context import Context
from service.ids import new_id
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.screenings import Verdict
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.screening.precision import Tally
from service.store import brakes, sites
from service.store.database import Connection
from service.usecases.brake import check_brakes
from service.usecases.decide import decide
from service.usecases.govern import add_site
from tests.factories import ARTICLE

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
TARGET = 0.9
ENOUGH = 29  # agreements without a miss, for this target
PAGE = page_id(parse_page(ARTICLE))
AGREED = {"approve": "approved", "reject": "rejected"}


async def want(
    conn: Connection,
    site: Site,
    *actions: str,
    version: int = 2,
    target: float = TARGET,
    reject_at: float = 6,
) -> None:
    """The owner sets a policy with this automation."""
    await conn.execute(
        "INSERT INTO policy (site_id, version, automatic, target_precision, reject_at, set_by)"
        " VALUES ($1, $2, $3, $4, $5, 'test')",
        site.id,
        version,
        list(actions),
        target,
        reject_at,
    )
    await conn.execute("UPDATE site SET policy_version = $2 WHERE id = $1", site.id, version)


async def decided(
    conn: Connection,
    site: Site,
    number: int,
    *,
    advice: str = "reject",
    status: str | None = None,
    automatic: bool = False,
    days: int = 0,
    policy_version: int = 2,
) -> Sequence[UUID]:
    """So many comments with this advice, decided as it says, or so that they have this status."""
    ids = [new_id() for _ in range(number)]
    await conn.execute(
        "INSERT INTO page (site_id, id, url) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        site.id,
        PAGE,
        ARTICLE,
    )
    await conn.execute(
        "INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict, status,"
        " version, decided_by, policy_version, created_at)"
        " SELECT $1, id, $3, id, 0, 'Sam', 'Hm.', 0, $4, $5, 2, $6, $7, now() - $8 * interval '1 day'"
        " FROM unnest($2::uuid[]) AS n(id)",
        site.id,
        ids,
        PAGE,
        advice,
        status or AGREED[advice],
        "policy" if automatic else "person",
        policy_version,
        days,
    )
    await conn.execute(
        "INSERT INTO decision"
        " (site_id, id, comment_id, action, before, after, version, decided_by, automatic)"
        " SELECT site_id, gen_random_uuid(), id, $2, 'pending', status, 2, decided_by, $3"
        " FROM comment WHERE id = ANY($1)",
        ids,
        advice,
        automatic,
    )
    return ids


async def acting(conn: Connection, site: Site) -> frozenset[Verdict]:
    """What is automatic for the next submission."""
    found = await sites.by_slug(conn, site.slug)
    assert found is not None
    return found[1].automatic


async def events(conn: Connection) -> list[tuple[str, str, str]]:
    rows = await conn.fetch(
        "SELECT action, target, after FROM audit_event WHERE action LIKE 'automation.%' ORDER BY id"
    )
    return [(row["action"], row["target"], row["after"]) for row in rows]


async def test_nothing_is_measured_where_nothing_is_automatic(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await decided(conn, site, ENOUGH, policy_version=1)
    assert await check_brakes(ctx) == 0
    assert await conn.fetchval("SELECT count(*) FROM brake") == 0


async def test_without_evidence_the_brake_is_on_and_says_so_once(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    assert [await check_brakes(ctx), await check_brakes(ctx)] == [1, 0]
    assert await acting(conn, site) == frozenset()
    assert await events(conn) == [
        (
            "automation.braked",
            "reject",
            "Holding: nothing was decided yet; the target is 90 %."
            " It needs about 29 more decisions without a miss.",
        )
    ]


async def test_the_decision_that_makes_the_bound_reach_the_target_releases_the_brake(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    await decided(conn, site, ENOUGH - 1)
    await check_brakes(ctx)
    assert await acting(conn, site) == frozenset()
    await decided(conn, site, 1)
    assert await check_brakes(ctx) == 1
    assert await acting(conn, site) == {Verdict.REJECT}
    assert (await events(conn))[-1] == (
        "automation.released",
        "reject",
        "Acting: 29 of 29 agreed, so at least 90.1 % would; the target is 90 %.",
    )


async def test_when_people_begin_to_disagree_it_holds_again_and_warns(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "approve")
    await decided(conn, site, ENOUGH, advice="approve")
    await check_brakes(ctx)
    await decided(conn, site, 1, advice="approve", status="rejected")
    with structlog.testing.capture_logs() as logs:
        assert await check_brakes(ctx) == 1
    assert await acting(conn, site) == frozenset()
    [line] = [line for line in logs if line["event"] == "automation.braked"]
    assert (line["log_level"], line["site"], line["action"]) == ("warning", "daily", "approve")
    assert (line["agreed"], line["decided"], line["target"]) == (29, 30, 0.9)


async def test_what_the_policy_decided_is_no_evidence_for_it(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    await decided(conn, site, 10 * ENOUGH, automatic=True)
    await check_brakes(ctx)
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(0, 0)
    assert await acting(conn, site) == frozenset()


async def test_what_people_put_right_is_evidence_against_it(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    await decided(conn, site, ENOUGH)
    acted = await decided(conn, site, 5, automatic=True)
    await check_brakes(ctx)
    assert await acting(conn, site) == {Verdict.REJECT}
    await decide(ctx, ANA, acted[0], Choice(Action.APPROVE, 2))
    await decide(ctx, ANA, acted[1], Choice(Action.UNDO, 2))
    await check_brakes(ctx)
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(32, 34)
    assert await acting(conn, site) == frozenset()


async def test_mistakes_that_are_rare_enough_are_put_right_without_stopping_it(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    await decided(conn, site, ENOUGH)
    acted = await decided(conn, site, 150, automatic=True)
    for comment_id in acted[:3]:
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 2))
    await check_brakes(ctx)
    assert await acting(conn, site) == {Verdict.REJECT}


async def test_a_decision_that_was_undone_does_not_count_and_its_successor_does(
    ctx: Context, site: Site, conn: Connection
) -> None:
    [comment_id, _] = await decided(conn, site, 2, policy_version=1)
    await decide(ctx, ANA, comment_id, Choice(Action.UNDO, 2))
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(1, 1)
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 3))
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(1, 2)


async def test_other_sites_other_advice_and_old_decisions_tell_nothing(site: Site, ctx: Context) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    async with ctx.db.read(moderation=True) as conn:
        await decided(conn, other, 7, policy_version=1)
        await decided(conn, site, 7, advice="approve", policy_version=1)
        await decided(conn, site, 7, days=91, policy_version=1)
        await decided(conn, site, 3, days=89, policy_version=1)
        assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(3, 3)


async def test_only_the_latest_window_counts(
    site: Site, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.brakes.window", lambda _target: 10)
    await decided(conn, site, 10, status="approved", policy_version=1)
    await decided(conn, site, 8, policy_version=1)
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(8, 10)


async def test_other_thresholds_begin_anew_and_a_mere_other_target_does_not(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await decided(conn, site, ENOUGH, policy_version=1)
    await want(conn, site, "reject", version=2)
    await decided(conn, site, ENOUGH)
    await check_brakes(ctx)
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(58, 58)

    await want(conn, site, "reject", version=3, reject_at=4)
    await check_brakes(ctx)
    assert await brakes.evidence(conn, site.id, Verdict.REJECT, TARGET) == Tally(0, 0)
    assert await acting(conn, site) == frozenset()


async def test_a_higher_target_puts_the_brake_on_and_a_lower_one_releases_it(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await want(conn, site, "reject")
    await decided(conn, site, ENOUGH)
    automatic = []
    for version, target in enumerate((TARGET, 0.98, 0.5), start=3):
        await want(conn, site, "reject", version=version, target=target)
        await check_brakes(ctx)
        automatic.append(await acting(conn, site))
    assert automatic == [{Verdict.REJECT}, frozenset(), {Verdict.REJECT}]


async def test_what_is_switched_off_is_forgotten(ctx: Context, site: Site, conn: Connection) -> None:
    await want(conn, site, "approve", "reject")
    await decided(conn, site, ENOUGH)
    await decided(conn, site, ENOUGH, advice="approve")
    await check_brakes(ctx)
    await want(conn, site, "approve", version=3)
    await check_brakes(ctx)
    assert [row["action"] for row in await conn.fetch("SELECT action FROM brake")] == ["approve"]
    await want(conn, site, "approve", "reject", version=4)
    assert Verdict.REJECT not in await acting(conn, site)


async def test_of_several_who_check_at_once_one_tells(ctx: Context, site: Site, conn: Connection) -> None:
    await want(conn, site, "reject")
    await check_brakes(ctx)
    await decided(conn, site, ENOUGH)
    assert sorted(await asyncio.gather(*(check_brakes(ctx) for _ in range(4)))) == [0, 0, 0, 1]
    assert [action for action, _, _ in await events(conn)] == ["automation.braked", "automation.released"]
