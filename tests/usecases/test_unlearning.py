"""What an author takes back or changes teaches nothing any more, or something else."""

from uuid import UUID

import pytest

from service.context import Context
from service.model.comments import Status
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.screenings import Policy, Verdict
from service.model.sites import Site
from service.store import learners
from service.store.database import Connection
from service.usecases import own_comments
from service.usecases.decide import decide
from service.usecases.learn import learn_all
from tests.conftest import MakeComment

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


async def ham(ctx: Context, site: Site) -> int:
    async with ctx.db.read() as conn:
        found = await learners.get(conn, site.id)
    return found.ham if found else 0


async def features(conn: Connection, comment_id: UUID) -> bytes | None:
    found: bytes | None = await conn.fetchval("SELECT features FROM lesson WHERE comment_id = $1", comment_id)
    return found


async def test_a_comment_that_was_taken_back_has_taught_nothing(
    ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await learn_all(ctx)
    assert await ham(ctx, site) == 1

    await own_comments.withdraw(ctx, site, comment_id)
    await learn_all(ctx)
    assert await ham(ctx, site) == 0
    assert await features(conn, comment_id) is None


async def test_a_comment_that_was_changed_teaches_what_it_says_now(
    ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await learn_all(ctx)
    before = await features(conn, comment_id)

    await own_comments.edit(ctx, site, Policy(), comment_id, "Something else entirely.", "192.0.2.0/24")
    await learn_all(ctx)
    assert await ham(ctx, site) == 0
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 3))
    await learn_all(ctx)
    assert await ham(ctx, site) == 1
    assert await features(conn, comment_id) not in {before, None}


async def test_an_edit_on_a_site_that_decides_by_itself_is_decided_at_once(
    ctx: Context,
    site: Site,
    make_comment: MakeComment,
    conn: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.usecases.own_comments._chance.random", lambda: 0.5)
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    policy = Policy(approve_at=5, spam_at=6, reject_at=7, automatic=frozenset({Verdict.APPROVE}))
    after = await own_comments.edit(ctx, site, policy, comment_id, "The ferry is late.", "192.0.2.0/24")
    assert after.status is Status.APPROVED
    assert after.by_policy
    assert await conn.fetchval("SELECT approved_count FROM page") == 1
    assert await conn.fetchval("SELECT version FROM comment") == 4
