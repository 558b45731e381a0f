"""Nothing is kept for longer than the owner of a site wants, and what was learned stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service.context import Context, system_clock
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.learn import learn_site
from service.usecases.retain import retain
from service.usecases.set_site import change_site
from tests.conftest import MakeComment

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
After = Callable[[int], Context]


@pytest.fixture
def after(ctx: Context) -> After:
    """So many days later."""
    return lambda days: replace(ctx, clock=lambda: system_clock() + timedelta(days=days))


async def test_rejected_comments_are_emptied_and_others_are_not(
    ctx: Context, site: Site, after: After, conn: Connection, make_comment: MakeComment
) -> None:
    spam, fair = await make_comment(text="Cheap pills https://p.example"), await make_comment(text="Fair.")
    await decide(ctx, ANA, spam, Choice(Action.REJECT, 1, Reason.SPAM))
    await decide(ctx, ANA, fair, Choice(Action.APPROVE, 1))
    await learn_site(ctx, site.id)
    await change_site(ctx, "daily", {"keep_rejected_days": 30}, actor="test")
    assert await retain(after(29)) == 0
    assert await retain(after(31)) == 1

    row = await conn.fetchrow(
        "SELECT name, text, gone_because, status, reason FROM comment WHERE id = $1", spam
    )
    assert tuple(row or ()) == ("", "", "expired", "rejected", "spam")
    for table in ("contact", "signal", "likeness"):
        assert await conn.fetchval(f"SELECT count(*) FROM {table} WHERE comment_id = $1", spam) == 0
    assert await conn.fetchval("SELECT text FROM comment WHERE id = $1", fair) == "Fair."
    told = await conn.fetchrow("SELECT actor, after FROM audit_event WHERE action = 'site.retained'")
    assert tuple(told or ()) == ("retention", "1 comments emptied, 0 addresses deleted")
    assert await retain(after(31)) == 0


async def test_what_was_learned_from_an_emptied_comment_stays(
    ctx: Context, site: Site, after: After, conn: Connection, make_comment: MakeComment
) -> None:
    for number in range(30):
        comment_id = await make_comment(
            text=f"{'Cheap pills' if number < 10 else 'The bridge'} {number} {number * 7}"
        )
        reject = Choice(Action.REJECT, 1, Reason.SPAM)
        await decide(ctx, ANA, comment_id, reject if number < 10 else Choice(Action.APPROVE, 1))
        await conn.execute("UPDATE comment SET campaign_id = NULL")
    await learn_site(ctx, site.id)
    before = await conn.fetchrow("SELECT weights, spam, ham FROM learner")
    await change_site(ctx, "daily", {"keep_rejected_days": 30}, actor="test")
    assert await retain(after(31)) == 10
    await conn.execute("DELETE FROM learner")
    await learn_site(ctx, site.id)
    assert await conn.fetchrow("SELECT weights, spam, ham FROM learner") == before
    assert before
    assert before["spam"] == 10


async def test_addresses_go_when_their_time_has_come(
    ctx: Context, site: Site, after: After, conn: Connection, make_comment: MakeComment
) -> None:
    for _ in range(3):
        await make_comment()
    await change_site(ctx, "daily", {"keep_contacts_days": 90}, actor="test")
    assert await retain(after(89)) == 0
    assert await retain(after(91)) == 3
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE gone_at IS NULL") == 3
