"""Standing rules decide on what comes later, for a while, and never over a person."""

from uuid import UUID

import pytest

from service.context import Context
from service.errors import Conflict, InvalidFields, RuleNotFound
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.rules import RuleKind
from service.model.sites import Site
from service.store import sites
from service.store.database import Connection
from service.usecases import make_rule as making
from service.usecases.decide_many import CampaignAct, decide_campaign
from service.usecases.end_rule import end_rule
from service.usecases.make_rule import NewRule, make_rule
from service.usecases.own_comments import edit
from service.usecases.undo_batch import undo_batch
from tests.factories import a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
PITCH = "Earn {} dollars a day from home, no experience needed, just visit us and start today"


async def post(ctx: Context, **over: object) -> UUID:
    """Submit as the web floor does: with the rules that stand now."""
    network = over.pop("network", "192.0.2.0/24")
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, "daily")
    assert found is not None
    return await submitted(ctx, found[0], a_submission(**over), a_delivery(network=network))


async def status(conn: Connection, comment_id: UUID) -> str:
    return str(await conn.fetchval("SELECT status FROM comment WHERE id = $1", comment_id))


def rejecting(kind: RuleKind, value: str | None = None, like: UUID | None = None) -> NewRule:
    return NewRule(kind, Action.REJECT, Reason.SPAM, 24, value, like)


async def test_a_campaigns_decision_holds_for_what_joins_it_until_the_batch_is_undone(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [await post(ctx, text=PITCH.format(n)) for n in range(3)]
    act = CampaignAct(Choice(Action.REJECT, 1, Reason.SPAM), future_hours=24)
    batch = await decide_campaign(ctx, ANA, site, ids[0], act)
    late = await post(ctx, text=PITCH.format(9))

    assert await status(conn, late) == "rejected"
    [decision] = await conn.fetch("SELECT * FROM decision WHERE comment_id = $1", late)
    rule = await conn.fetchrow("SELECT * FROM rule")
    assert rule is not None
    assert (decision["automatic"], decision["reason"], rule["used"]) == (True, "spam", 1)
    assert decision["decided_by"] == f"rule {rule['id']} of ana"
    audited = "SELECT actor FROM audit_event WHERE target = $1"
    assert await conn.fetchval(audited, str(late)) == f"rule {rule['id']} of ana"
    assert await conn.fetchval("SELECT decided_by FROM comment WHERE id = $1", late) == "policy"

    undone = await undo_batch(ctx, ANA, batch.id)
    assert [each.after.value for each in undone.outcomes] == ["pending"] * 4
    after = await post(ctx, text=PITCH.format(10))
    assert await status(conn, after) == "pending"
    assert await conn.fetchval("SELECT ended_at IS NOT NULL FROM rule")


@pytest.mark.parametrize("kind", list(RuleKind))
async def test_each_kind_of_rule_meets_its_like_and_nothing_else(
    ctx: Context, site: Site, conn: Connection, kind: RuleKind
) -> None:
    first: dict[str, object] = {"text": PITCH.format(1), "email": "spam@example.com"}
    like = [await post(ctx, network="203.0.113.0/24", **first) for _ in range(2)][1]
    wanted = {
        RuleKind.HOST: rejecting(kind, value="https://Spam.Example/offer"),
        RuleKind.TEXT: rejecting(kind, value="  Cheap   TICKETS "),
    }.get(kind, rejecting(kind, like=like))
    await make_rule(ctx, ANA, site, wanted)
    alike: dict[RuleKind, dict[str, object]] = {
        RuleKind.CAMPAIGN: {"text": PITCH.format(2)},
        RuleKind.HOST: {"text": "Look at http://www.spam.example/x today"},
        RuleKind.AUTHOR: {"email": "SPAM@example.com"},
        RuleKind.NETWORK: {"network": "203.0.113.0/24"},
        RuleKind.TEXT: {"text": "Get ｃｈｅａｐ\ntickets, now"},
    }
    unlike = [
        await post(ctx, text="Look at http://notspam.example/x today", email="other@example.com"),
        await post(ctx, text="She sold xcheap ticketsy things", network="198.51.100.0/24"),
    ]
    assert await status(conn, await post(ctx, **alike[kind])) == "rejected"
    assert {await status(conn, each) for each in unlike} == {"pending"}


async def test_a_rule_that_ended_or_ran_out_decides_nothing_even_where_it_is_remembered(
    ctx: Context, site: Site, conn: Connection
) -> None:
    made = await make_rule(ctx, ANA, site, rejecting(RuleKind.TEXT, "cheap tickets"))
    async with ctx.db.read() as reading:
        found = await sites.by_slug(reading, "daily")
    assert found is not None
    assert len(found[0].rules) == 1
    await end_rule(ctx, ANA, site, made.rule.id)
    for remembered in (found[0], site):
        comment_id = await submitted(ctx, remembered, a_submission(text="cheap tickets"), a_delivery())
        assert await status(conn, comment_id) == "pending"
    ended = await end_rule(ctx, ANA, site, made.rule.id)
    assert (ended.used, ended.ended_at is not None) == (0, True)
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action = 'rule.ended'") == 1
    with pytest.raises(RuleNotFound):
        await end_rule(ctx, ANA, site, UUID(int=5))


async def test_a_rule_decides_on_what_an_author_makes_of_a_comment_later(
    ctx: Context, site: Site, conn: Connection
) -> None:
    for kind in (RuleKind.TEXT, RuleKind.HOST, RuleKind.AUTHOR):
        comment_id = await post(ctx, text=f"Quite harmless, says {kind}.", email=f"{kind}@example.com")
        value = {RuleKind.TEXT: "cheap tickets", RuleKind.HOST: "spam.example"}.get(kind)
        await make_rule(ctx, ANA, site, rejecting(kind, value, None if value else comment_id))
        async with ctx.db.read() as reader:
            found = await sites.by_slug(reader, "daily")
        assert found
        text = f"Now cheap tickets for {kind}, at https://spam.example/"
        await edit(ctx, found[0], found[1], comment_id, text, "192.0.2.0/24")
        assert await status(conn, comment_id) == "rejected", kind


async def test_what_a_rule_cannot_look_for_is_refused(ctx: Context, site: Site) -> None:
    comment_id = await post(ctx)
    for wanted in (
        rejecting(RuleKind.TEXT, "a b"),
        rejecting(RuleKind.HOST, "localhost"),
        rejecting(RuleKind.AUTHOR, "reader@example.com"),
        rejecting(RuleKind.CAMPAIGN, like=comment_id),
        rejecting(RuleKind.TEXT, like=comment_id),
    ):
        with pytest.raises(InvalidFields):
            await make_rule(ctx, ANA, site, wanted)


async def test_a_site_has_only_so_many_rules(
    ctx: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MAX_STANDING", 2)
    for n in range(2):
        await make_rule(ctx, ANA, site, rejecting(RuleKind.TEXT, f"cheap tickets {n}"))
    with pytest.raises(Conflict):
        await make_rule(ctx, ANA, site, rejecting(RuleKind.TEXT, "cheap tickets"))
