"""A second look at what was not published: granted once, and somebody else's to take."""

import pytest

from service.context import Context
from service.errors import Conflict, NoSecondLook, OwnDecision
from service.model.authoring import Told
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Role, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.decide_many import CampaignAct, decide_campaign
from service.usecases.govern import add_moderator
from service.usecases.own_comments import appeal, look, withdraw
from tests.conftest import MakeComment
from tests.factories import PASSWORD

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BEN = Principal("ben", frozenset({Scope.MODERATE}), None)
REJECT = Choice(Action.REJECT, 1, Reason.ABUSE)

pytestmark = pytest.mark.usefixtures("moderator")


async def add_ben(ctx: Context) -> None:
    await add_moderator(ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")


async def test_who_decided_may_not_decide_again_and_somebody_else_may(
    ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    await add_ben(ctx)
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, REJECT)
    assert (await appeal(ctx, site, comment_id)).told(ctx.clock()) is Told.PENDING
    # Asking twice is the same as asking once.
    assert (await appeal(ctx, site, comment_id)).told(ctx.clock()) is Told.PENDING

    for action in (Action.APPROVE, Action.REJECT, Action.UNDO):
        with pytest.raises(OwnDecision):
            await decide(ctx, ANA, comment_id, Choice(action, 3))
    await decide(ctx, BEN, comment_id, Choice(Action.REJECT, 3))
    with pytest.raises(NoSecondLook):
        await appeal(ctx, site, comment_id)
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 4))
    assert (await look(ctx, site, comment_id)).told(ctx.clock()) is Told.PUBLISHED


async def test_what_an_author_says_is_kept_with_the_appeal_and_gone_with_the_comment(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    await add_ben(ctx)
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, REJECT)
    await appeal(ctx, site, comment_id, "It was a quotation.")
    decided = await decide(ctx, BEN, comment_id, Choice(Action.REJECT, 3))
    assert decided.appeal == "It was a quotation."
    await withdraw(ctx, site, comment_id)
    assert await conn.fetchval("SELECT appeal FROM comment WHERE id = $1", comment_id) is None


async def test_where_nobody_else_is_there_the_same_person_looks_again(
    ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, REJECT)
    await appeal(ctx, site, comment_id)
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 3))


async def test_what_was_never_rejected_cannot_be_looked_at_again(
    ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    with pytest.raises(NoSecondLook):
        await appeal(ctx, site, comment_id)
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    with pytest.raises(Conflict):
        await appeal(ctx, site, comment_id)


async def test_it_keeps_its_deadline_and_comes_before_what_was_written_since(
    ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    early = await make_comment()
    await decide(ctx, ANA, early, REJECT)
    await make_comment(text="Written since.")
    await appeal(ctx, site, early)
    first = "SELECT id FROM comment WHERE status = 'pending' ORDER BY due_at LIMIT 1"
    assert await conn.fetchval(first) == early
    events = await conn.fetch("SELECT actor, action, before, after FROM audit_event ORDER BY id DESC LIMIT 1")
    assert [tuple(event) for event in events] == [("author", "comment.appealed", "rejected", "pending")]


async def test_a_decision_on_a_campaign_leaves_out_what_others_should_look_at(
    ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    await add_ben(ctx)
    text = "Win a bicycle today, only today, with the code that we send you for no money at all."
    first = await make_comment(text=text)
    await make_comment(text=text)
    await decide(ctx, ANA, first, REJECT)
    await appeal(ctx, site, first)
    batch = await decide_campaign(ctx, ANA, site, first, CampaignAct(Choice(Action.REJECT, 1, Reason.SPAM)))
    changed = {outcome.comment_id: outcome.changed for outcome in batch.outcomes}
    assert changed.pop(first) is False
    assert list(changed.values()) == [True]
