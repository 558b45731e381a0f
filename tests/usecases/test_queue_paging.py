"""Paging through the queue while others decide: nothing that stays is skipped, and nothing comes twice."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.context import Context
from service.model.people import ROLE_SCOPES, Principal, Role
from service.model.queue import Filters, Found, Order
from service.model.sites import Site
from service.store import queue, sources
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.conftest import MakeComment
from tests.factories import a_delivery, a_submission, submitted

ANA: Final = Principal("ana", ROLE_SCOPES[Role.MODERATOR], None)
# Few values, so that there are many ties; the order among them is what cursors can get wrong.
ROWS: Final = st.lists(st.tuples(st.integers(-1, 1), st.integers(0, 2), st.booleans()), max_size=14)
REFILL: Final = """
WITH gone AS (UPDATE comment SET status = 'approved', score = 0 WHERE status = 'pending')
SELECT 1
"""
PREPARE: Final = """
UPDATE comment c
   SET status = 'pending', score = w.score, escalated_at = CASE WHEN w.flagged THEN now() END,
       due_at = timestamptz '2030-01-01' + w.due * interval '1 hour'
  FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::boolean[]) AS w(id, score, due, flagged)
 WHERE c.id = w.id
"""


@pytest.fixture
async def made(ctx: Context, site: Site, make_comment: MakeComment) -> Sequence[UUID]:
    """Comments of two sites, in the order in which they came."""
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    far = a_submission(page="https://weekly.example/a")
    return [
        await make_comment() if number % 3 else await submitted(ctx, other, far, a_delivery())
        for number in range(14)
    ]


async def page_of(ctx: Context, filters: Filters, cursor: str | None, limit: int) -> Found:
    async with ctx.db.read() as conn:
        return await queue.page(conn, await queue.look_up(conn, ANA, filters), cursor, limit)


def ordered(keys: dict[UUID, tuple[int, int, bool]], order: Order) -> list[UUID]:
    """What the whole queue should be, worked out the simple way."""
    match order:
        case Order.OLDEST | Order.NEWEST:
            found = sorted(keys)
        case Order.RISKIEST | Order.SAFEST:
            found = sorted(keys, key=lambda each: (keys[each][0], each))
        case Order.DEADLINE:
            found = sorted(keys, key=lambda each: (keys[each][1], each))
    return found[::-1] if order in {Order.NEWEST, Order.RISKIEST} else found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=ROWS,
    order=st.sampled_from(Order),
    limit=st.integers(1, 5),
    flagged=st.sampled_from([None, True, False]),
    most=st.sampled_from([0, 100]),
    decided=st.lists(st.lists(st.integers(0, 13), max_size=3), min_size=16, max_size=16),
)
async def test_every_comment_that_stays_is_shown_once_whatever_is_decided_meanwhile(
    ctx: Context,
    made: Sequence[UUID],
    conn: Connection,
    rows: list[tuple[int, int, bool]],
    order: Order,
    limit: int,
    flagged: bool | None,
    most: int,
    decided: list[list[int]],
) -> None:
    ids = made[: len(rows)]
    await conn.execute(REFILL)
    await conn.execute(PREPARE, ids, *([row[n] for row in rows] for n in range(3)))
    wanted = dict(zip(ids, rows, strict=True))
    expected = [each for each in ordered(wanted, order) if flagged is None or wanted[each][2] is flagged]
    shown: list[UUID] = []
    gone: set[UUID] = set()
    cursor: str | None = None
    for act in decided:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sources, "MOST", most)
            patch.setattr(queue, "_FIRST_WINDOW", 1)
            page = await page_of(ctx, Filters(order=order, escalated=flagged), cursor, limit)
        shown += [comment.id for comment in page.comments]
        cursor = page.next
        if cursor is None:
            break
        gone |= {made[n] for n in act}
        await conn.execute("UPDATE comment SET status = 'rejected' WHERE id = ANY($1)", list(gone))
    assert cursor is None
    assert [each for each in expected if each in shown] == shown
    assert set(expected) - gone <= set(shown)


async def test_a_search_that_finds_little_stops_says_so_and_goes_on(
    ctx: Context, made: Sequence[UUID], conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_FIRST_WINDOW", 2)
    monkeypatch.setattr(queue, "_MOST_LOOKED_AT", 3)
    monkeypatch.setattr(queue, "_GROWTH", 1)
    await conn.execute("UPDATE comment SET severity = 3 WHERE id = ANY($1)", [made[9], made[12]])
    for order in Order:
        shown: list[UUID] = []
        stops, cursor = 0, None
        while True:
            page = await page_of(ctx, Filters(order=order, severity=3), cursor, 1)
            shown += [comment.id for comment in page.comments]
            stops, cursor = stops + page.partial, page.next
            if cursor is None:
                break
        assert sorted(shown) == [made[9], made[12]]
        assert stops > 1
