"""Many decisions at once: each stands or falls alone, a resent request decides nothing twice, none block."""

import asyncio
from uuid import UUID

import pytest

from service.context import Context
from service.errors import AlreadyDecided, CommentNotFound, Conflict, KeyReused
from service.ids import new_id
from service.model.batches import Answer, Item
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.queue import Filters
from service.model.screenings import Policy
from service.model.sites import Site
from service.store.database import Connection
from service.usecases import decide_many, undo_batch
from service.usecases.decide import decide
from service.usecases.decide_many import CampaignAct, decide_apart, decide_campaign, decide_items
from service.usecases.decide_selection import decide_selection
from service.usecases.govern import add_site
from service.usecases.own_comments import edit, withdraw
from service.usecases.resending import Key
from service.usecases.select import select
from tests.conftest import MakeComment
from tests.factories import a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BO = Principal("bo", frozenset({Scope.MODERATE}), None)
APPROVE = Choice(Action.APPROVE, 1)
SPAM = Choice(Action.REJECT, 1, Reason.SPAM)


def named(answers: "list[Answer]") -> list[str]:
    return [type(each.problem).__name__ if each.problem else "decided" for each in answers]


async def statuses(conn: Connection) -> list[str]:
    return [row["status"] for row in await conn.fetch("SELECT status FROM comment ORDER BY id")]


async def approved(conn: Connection) -> int:
    return int(await conn.fetchval("SELECT coalesce(sum(approved_count), 0) FROM page"))


async def test_each_item_stands_or_falls_alone(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"{n}") for n in range(4)]
    other = await add_site(ctx, "other", ["https://news.example"], actor="test")
    foreign = await submitted(ctx, other, a_submission(), a_delivery())
    await decide(ctx, BO, ids[1], APPROVE)
    here = Principal("ana", frozenset({Scope.MODERATE}), frozenset({site.id}))
    items = [
        Item(ids[0], APPROVE),
        Item(ids[1], SPAM),
        Item(new_id(), SPAM),
        Item(foreign, SPAM),
        Item(ids[2], Choice(Action.UNDO, 1)),
        Item(ids[3], Choice(Action.REJECT, 1, Reason.ABUSE, "names a child")),
    ]
    batch_id, answers = await decide_items(ctx, here, items)

    assert named(list(answers)) == [
        "decided",
        "AlreadyDecided",
        "CommentNotFound",
        "CommentNotFound",
        "Conflict",
        "decided",
    ]
    late = answers[1].problem
    assert isinstance(late, AlreadyDecided)
    assert late.current["decided_by"] == "bo"
    assert await statuses(conn) == ["approved", "approved", "pending", "rejected", "pending"]
    assert await approved(conn) == 2
    rows = await conn.fetch("SELECT decided_by, note FROM decision WHERE batch_id = $1 ORDER BY id", batch_id)
    assert {(row["decided_by"], row["note"]) for row in rows} == {("ana", None), ("ana", "names a child")}
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE actor = 'ana'") == 2


async def test_opposite_orders_wait_for_one_another_and_never_block(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [
        await submitted(ctx, site, a_submission(page=f"https://news.example/{n % 7}"), a_delivery())
        for n in range(40)
    ]
    for version in range(1, 9):
        choice = Choice(Action.APPROVE if version % 2 else Action.REJECT, version)
        there = decide_items(ctx, ANA, [Item(each, choice) for each in ids])
        back = decide_items(ctx, BO, [Item(each, choice) for each in reversed(ids)])
        (_, first), (_, second) = await asyncio.gather(there, back)
        won = [set(named(list(answers))) for answers in (first, second)]
        assert sorted(map(sorted, won)) == [["AlreadyDecided"], ["decided"]]
    assert await approved(conn) == 0
    assert await conn.fetchval("SELECT count(*) FROM decision") == 8 * 40


async def test_bulks_and_single_decisions_on_shared_pages_keep_the_counts(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [
        await submitted(ctx, site, a_submission(page=f"https://news.example/{n % 3}"), a_delivery())
        for n in range(24)
    ]
    parts = [ids[n::4] for n in range(4)]
    await asyncio.gather(
        *(decide_items(ctx, ANA, [Item(each, APPROVE) for each in reversed(part)]) for part in parts[:3]),
        *(decide(ctx, BO, each, APPROVE) for each in parts[3]),
    )
    rows = await conn.fetch("SELECT approved_count, version FROM page")
    assert {row["approved_count"] for row in rows} == {8}


async def test_a_resent_decision_gets_the_first_answer(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id, key = await make_comment(), Key("ana", "k1")
    first = await decide(ctx, ANA, comment_id, SPAM, key=key)
    again = await decide(ctx, ANA, comment_id, SPAM, key=key)
    assert again == first

    await decide(ctx, BO, comment_id, Choice(Action.APPROVE, 2))
    later = await decide(ctx, ANA, comment_id, SPAM, key=key)
    assert (later.status, later.version, later.decisions) == (first.status, 2, first.decisions)
    assert await conn.fetchval("SELECT count(*) FROM decision") == 2


async def test_a_key_is_its_callers_and_good_for_one_decision(
    ctx: Context, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, SPAM, key=Key("ana", "k1"))
    with pytest.raises(AlreadyDecided):
        await decide(ctx, BO, comment_id, SPAM, key=Key("bo", "k1"))
    with pytest.raises(AlreadyDecided):
        await decide(ctx, ANA, comment_id, SPAM, key=Key("ana", "k2"))
    with pytest.raises(KeyReused):
        await decide(ctx, ANA, comment_id, APPROVE, key=Key("ana", "k1"))


async def test_the_same_decision_sent_many_times_at_once_is_made_once(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id, key = await make_comment(), Key("ana", "k1")
    answers = await asyncio.gather(*(decide(ctx, ANA, comment_id, APPROVE, key=key) for _ in range(8)))
    assert {answer.version for answer in answers} == {2}
    assert await conn.fetchval("SELECT count(*) FROM decision") == 1


async def test_a_resent_bulk_finishes_what_broke_off_and_decides_nothing_twice(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    ids, key = [await make_comment(text=f"{n}") for n in range(5)], Key("ana", "k1")
    first_id, _ = await decide_items(ctx, ANA, [Item(each, SPAM) for each in ids[:3]], key=key)
    batch_id, answers = await decide_items(ctx, ANA, [Item(each, SPAM) for each in ids], key=key)

    assert (batch_id, named(list(answers))) == (first_id, ["decided"] * 5)
    assert await conn.fetchval("SELECT count(*) FROM decision WHERE batch_id = $1", batch_id) == 5
    undone = await undo_batch.undo_batch(ctx, BO, batch_id)
    assert [each.changed for each in undone.outcomes] == [True] * 5


async def test_everything_is_written_down_in_the_order_that_was_asked_for(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"{n}") for n in range(6)]
    order = [ids[place] for place in (3, 0, 5, 1, 4, 2)]
    await decide_items(ctx, ANA, [Item(each, SPAM) for each in order])
    trail = await conn.fetch("SELECT target FROM audit_event WHERE actor = 'ana' ORDER BY id")
    assert [row["target"] for row in trail] == [str(each) for each in order]
    made = await conn.fetch("SELECT comment_id FROM decision ORDER BY decided_at")
    assert [row["comment_id"] for row in made] == order
    told = await conn.fetch("SELECT comment_id FROM event WHERE kind = 'decided' ORDER BY id")
    assert [row["comment_id"] for row in told] == order


async def test_decisions_sent_together_are_no_batch_and_can_be_sent_again_alone(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"{n}") for n in range(3)]
    keys = {each: Key("ana", f"k{number}") for number, each in enumerate(ids)}
    first = await decide(ctx, ANA, ids[1], SPAM, key=keys[ids[1]])
    for _ in range(2):
        answers = await decide_apart(ctx, ANA, [Item(each, SPAM) for each in ids], keys)
        assert named(list(answers)) == ["decided"] * 3
    again = await decide(ctx, ANA, ids[2], SPAM, key=keys[ids[2]])
    assert (first.version, again.version) == (2, 2)
    assert await conn.fetchval("SELECT count(*) FROM decision WHERE batch_id IS NULL") == 3
    with pytest.raises(KeyReused):
        await decide(ctx, ANA, ids[0], APPROVE, key=keys[ids[0]])
    undone = await decide_apart(ctx, ANA, [Item(ids[0], Choice(Action.UNDO, 2))], {ids[0]: Key("ana", "z")})
    assert [each.outcome and each.outcome.version for each in undone] == [3]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if 3 comments were many for one transaction, and 7 for one request."""
    for module in (decide_many, undo_batch):
        monkeypatch.setattr(module, "CHUNK", 3)
        monkeypatch.setattr(module, "MOST", 7)


async def campaign(ctx: Context, site: Site, size: int) -> list[UUID]:
    text = "Earn {} dollars a day from home, no experience needed, just visit us and start today"
    return [await submitted(ctx, site, a_submission(text=text.format(n)), a_delivery()) for n in range(size)]


@pytest.mark.usefixtures("small_steps")
async def test_a_large_campaign_is_decided_and_undone_in_steps_under_one_id(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids, key = await campaign(ctx, site, 17), Key("ana", "k1")
    act = CampaignAct(SPAM, left_out=[ids[4]])
    steps = [await decide_campaign(ctx, ANA, site, ids[0], act, key=key) for _ in range(4)]

    assert [(len(step.outcomes), step.remaining) for step in steps] == [(6, 10), (6, 4), (4, 0), (7, 0)]
    assert len({step.id for step in steps}) == 1
    assert (await statuses(conn)).count("rejected") == 16

    await decide(ctx, BO, ids[0], Choice(Action.APPROVE, 2))
    undone = [await undo_batch.undo_batch(ctx, BO, steps[0].id) for _ in range(4)]
    assert [step.remaining for step in undone] == [10, 4, 0, 0]
    assert [sum(each.changed for each in step.outcomes) for step in undone] == [5, 6, 4, 7]
    assert (await statuses(conn)) == ["approved", *["pending"] * 16]
    assert len({step.id for step in undone}) == 1
    await undo_batch.undo_batch(ctx, BO, undone[0].id)
    assert (await statuses(conn)).count("rejected") == 6


async def test_an_undoing_does_not_lead_past_a_change_of_the_text(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, APPROVE)
    await decide(ctx, ANA, comment_id, Choice(Action.UNDO, 2))
    await edit(ctx, site, Policy(), comment_id, "changed", "192.0.2.0/24")
    with pytest.raises(Conflict):
        await decide(ctx, ANA, comment_id, Choice(Action.UNDO, 4))
    with pytest.raises(CommentNotFound):
        await decide(ctx, ANA, new_id(), Choice(Action.UNDO, 4))
    assert await statuses(conn) == ["pending"]


async def test_what_its_author_took_back_is_left_alone_by_every_act(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = await campaign(ctx, site, 3)
    frozen = await select(ctx, ANA, Filters(), {})
    await withdraw(ctx, site, ids[1])
    version = await conn.fetchval("SELECT version FROM comment WHERE id = $1", ids[1])
    _, [answer] = await decide_items(ctx, ANA, [Item(ids[1], Choice(Action.APPROVE, version))])
    assert isinstance(answer.problem, Conflict)
    progress, _ = await decide_selection(ctx, ANA, frozen.id, SPAM)
    assert (progress.decided, progress.passed) == (2, 1)
    await decide_campaign(ctx, ANA, site, ids[0], CampaignAct(APPROVE))
    assert await conn.fetchval("SELECT count(*) FROM decision WHERE comment_id = $1", ids[1]) == 0
