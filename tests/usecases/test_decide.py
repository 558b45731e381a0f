"""Decisions: whatever is decided in whatever order, counts, versions and history agree."""

import asyncio
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.context import Context
from service.errors import AlreadyDecided, CommentNotFound, Conflict
from service.model.comments import Comment, Status
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_site
from tests.conftest import MakeComment
from tests.factories import ARTICLE, a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
AFTER = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Action)), max_size=14))
async def test_counts_versions_and_history_agree_after_any_decisions(
    ctx: Context, site: Site, conn: Connection, steps: list[tuple[int, Action]]
) -> None:
    page = f"{ARTICLE}/{uuid4()}"
    ids = [await submitted(ctx, site, a_submission(page=page), a_delivery(trusted=True)) for _ in range(3)]
    history: dict[int, list[Status]] = {number: [Status.PENDING] for number in range(3)}
    for number, action in steps:
        past = history[number]
        choice = Choice(action, version=len(past))
        if action is Action.UNDO and len(past) == 1:
            with pytest.raises(Conflict):
                await decide(ctx, ANA, ids[number], choice)
            continue
        expected = AFTER.get(action) or past[-2]
        comment = await decide(ctx, ANA, ids[number], choice)
        assert (comment.status, comment.version) == (expected, len(past) + 1)
        past.append(expected)

    rows = await conn.fetch("SELECT status, version FROM comment WHERE id = ANY($1) ORDER BY id", ids)
    assert [tuple(row) for row in rows] == [(past[-1], len(past)) for past in history.values()]
    approved = sum(past[-1] is Status.APPROVED for past in history.values())
    assert await approved_count(conn, page) == approved
    for number, past in history.items():
        decided = await conn.fetch(
            "SELECT before, after FROM decision WHERE comment_id = $1 ORDER BY version", ids[number]
        )
        assert [tuple(row) for row in decided] == list(pairwise(past))
        assert await audited(conn, ids[number]) == len(past) - 1


async def approved_count(conn: Connection, page: str = ARTICLE) -> int:
    found: int = await conn.fetchval(
        "SELECT approved_count FROM page WHERE id = $1", page_id(parse_page(page))
    )
    return found


async def audited(conn: Connection, comment_id: UUID) -> int:
    found: int = await conn.fetchval("SELECT count(*) FROM audit_event WHERE target = $1", str(comment_id))
    return found


async def test_a_rejection_is_stored_with_its_reason_and_its_note(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    comment = await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1, Reason.SPAM, "Third time\ntoday."))

    [decision] = comment.decisions
    assert (decision.by, decision.action, decision.reason, decision.note) == (
        "ana",
        Action.REJECT,
        Reason.SPAM,
        "Third time\ntoday.",
    )
    event = await conn.fetchrow(
        "SELECT actor, action, before, after FROM audit_event WHERE target = $1", str(comment_id)
    )
    assert event is not None
    assert tuple(event) == ("ana", "comment.reject", "pending", "rejected (spam)")


async def test_a_rejection_without_a_reason_has_the_reason_other(
    ctx: Context, make_comment: MakeComment
) -> None:
    comment = await decide(ctx, ANA, await make_comment(), Choice(Action.REJECT, 1))
    assert comment.decisions[0].reason is Reason.OTHER


async def test_an_old_version_is_told_who_decided_what(ctx: Context, make_comment: MakeComment) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1, Reason.ABUSE))
    with pytest.raises(
        AlreadyDecided, match="ana decided this comment before you: it is rejected now"
    ) as caught:
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    assert caught.value.current["version"] == 2
    assert caught.value.current["reason"] == "abuse"


async def test_a_version_that_never_was_is_refused(ctx: Context, make_comment: MakeComment) -> None:
    with pytest.raises(AlreadyDecided) as caught:
        await decide(ctx, ANA, await make_comment(), Choice(Action.APPROVE, 2))
    assert caught.value.current == {"status": "pending", "version": 1}


async def test_of_ten_who_decide_at_once_one_wins_and_nine_are_told(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    actions = [Action.APPROVE, Action.REJECT] * 5
    choices = [decide(ctx, ANA, comment_id, Choice(action, 1)) for action in actions]
    answers = await asyncio.gather(*choices, return_exceptions=True)

    [winner] = [answer for answer in answers if isinstance(answer, Comment)]
    assert sum(isinstance(answer, AlreadyDecided) for answer in answers) == 9
    assert await conn.fetchval("SELECT status FROM comment") == winner.status
    assert await approved_count(conn) == (winner.status is Status.APPROVED)
    assert await audited(conn, comment_id) == 1


async def test_ten_comments_of_one_page_approved_at_once_count_ten(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment() for _ in range(10)]
    await asyncio.gather(*(decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1)) for comment_id in ids))
    assert await approved_count(conn) == 10


async def test_a_comment_of_another_site_is_not_there(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    stranger = Principal("eve", frozenset({Scope.MODERATE}), frozenset({other.id}))
    comment_id = await make_comment()
    for wanted in (comment_id, uuid4()):
        with pytest.raises(CommentNotFound):
            await decide(ctx, stranger, wanted, Choice(Action.APPROVE, 1))
    assert await conn.fetchval("SELECT version FROM comment") == 1
