"""Screening again: a late bill is whole, is written once, and yields to whoever was there first."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from service.context import Context
from service.filters import FILTERS
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.screenings import NOT_CHECKED, Policy, Screening, Signal, Verdict
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.screening.candidate import Candidate, Words
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.knowledge import Knowledge
from service.store import rechecks
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.recheck import AT_ONCE, recheck
from service.usecases.set_terms import set_terms
from tests.conftest import MakeComment
from tests.screeners import InProcess

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


class Interrupted(InProcess):
    """Screens as usual, and lets something happen before it answers."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(FILTERS)
        self._meanwhile = meanwhile
        self.asked = 0

    async def screen(self, words: Words, facts: Facts, policy: Policy, knowledge: Knowledge) -> Screening:
        """The bill, after what comes between."""
        self.asked += 1
        found = await super().screen(words, facts, policy, knowledge)
        await self._meanwhile()
        return found


def interrupted(ctx: Context, meanwhile: Callable[[], Awaitable[object]]) -> Context:
    return dataclasses.replace(ctx, screener=Interrupted(meanwhile))


def screening_with(ctx: Context, function: Callable[[Candidate, Facts], Signal | None]) -> Context:
    return dataclasses.replace(ctx, screener=InProcess((Filter("only", 1.0, "It says.", function),)))


async def nothing() -> None:
    await asyncio.sleep(0)


async def is_due(conn: Connection) -> None:
    """The time of every comment has come."""
    await conn.execute("UPDATE comment SET recheck_at = now()")


async def bill(conn: Connection) -> list[str]:
    return [row["name"] for row in await conn.fetch("SELECT name FROM signal ORDER BY comment_id, position")]


async def test_a_filter_that_fails_once_and_then_works_leaves_no_trace(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    failures = iter([RuntimeError("no")])

    def fail_once(_candidate: Candidate, _facts: Facts) -> Signal | None:
        for failure in failures:
            raise failure
        return Signal("only", 0.5, 1.0, "It says.")

    await make_comment()
    await conn.execute("UPDATE signal SET name = $1", NOT_CHECKED)
    flaky = screening_with(ctx, fail_once)
    await is_due(conn)
    assert await recheck(flaky) == 1
    await is_due(conn)
    assert await recheck(flaky) == 1
    row = await conn.fetchrow("SELECT score, verdict, rechecks, recheck_at, version FROM comment")
    assert row is not None
    assert tuple(row) == (0.5, "hold", 0, None, 1)
    assert await bill(conn) == ["only"]


async def test_a_bill_is_replaced_as_a_whole_whether_it_grows_or_shrinks(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment(text="what a load of shit, and more at http://spam.example.com")
    before = await bill(conn)
    assert len(before) > 1
    await is_due(conn)
    await recheck(screening_with(ctx, lambda _candidate, _facts: Signal("only", 1.0, 1.0, "It says.")))
    assert await bill(conn) == ["only"]
    await is_due(conn)
    await recheck(ctx)
    assert await bill(conn) == before


async def test_a_good_bill_is_not_given_up_for_one_that_was_not_checked(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    def broken(_candidate: Candidate, _facts: Facts) -> None:
        raise RuntimeError("no")

    await make_comment(text="what a load of shit")
    before = await bill(conn)
    await is_due(conn)
    assert await recheck(screening_with(ctx, broken)) == 1
    assert await bill(conn) == before
    assert await conn.fetchval("SELECT recheck_at > now() FROM comment")


@pytest.mark.parametrize("steps", [[Action.APPROVE], [Action.REJECT], [Action.REJECT, Action.UNDO]])
async def test_a_person_who_decides_while_it_runs_has_the_last_word(
    ctx: Context, conn: Connection, make_comment: MakeComment, steps: list[Action]
) -> None:
    comment_id = await make_comment(text="what a load of shit")
    await conn.execute("DELETE FROM signal")
    await is_due(conn)

    async def ana_decides() -> None:
        for version, action in enumerate(steps, start=1):
            await decide(ctx, ANA, comment_id, Choice(action, version))

    assert await recheck(interrupted(ctx, ana_decides)) == 1
    assert await bill(conn) == []
    status = {Action.APPROVE: "approved", Action.REJECT: "rejected", Action.UNDO: "pending"}[steps[-1]]
    assert await conn.fetchval("SELECT status FROM comment") == status


async def test_a_decided_comment_is_not_looked_at(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1))
    await is_due(conn)
    assert await recheck(ctx) == 0


async def test_a_list_that_changes_while_it_runs_is_not_missed(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment(text="The quango met again.")
    await is_due(conn)

    async def ana_blocks() -> None:
        await set_terms(ctx, site, TermsProposal([Term(TermKind.BLOCK, "Quango")]), actor="ana")

    await recheck(interrupted(ctx, ana_blocks))
    assert await recheck(ctx) == 1
    assert await bill(conn) == ["terms"]
    assert await conn.fetchval("SELECT terms_version FROM comment") == 1


async def test_of_several_at_once_each_comment_is_looked_at_by_one(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    for number in range(12):
        await make_comment(text=f"Comment {number}")
    await is_due(conn)
    workers = [interrupted(ctx, nothing) for _ in range(3)]
    assert sum(await asyncio.gather(*map(recheck, workers))) == 12
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE recheck_at IS NULL") == 12


async def test_who_is_killed_half_way_loses_a_try_and_no_comment(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment()
    await is_due(conn)
    async with ctx.db.read(moderation=True) as leased:
        [lost] = await rechecks.claim(leased, 1)
    assert await recheck(ctx) == 0
    await is_due(conn)
    assert await recheck(ctx) == 1
    async with ctx.db.read(moderation=True) as leased:
        late = Screening((), 9.0, 0, Verdict.REJECT)
        assert not await rechecks.replace(leased, lost, late, policy_version=1, terms_version=0)
    assert await conn.fetchval("SELECT score FROM comment") < 9


async def test_all_that_is_due_is_looked_at_in_one_go(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment()
    await conn.execute(
        "INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict, facts)"
        " SELECT site_id, gen_random_uuid(), page_id, id, 1, name, text, score, verdict, facts"
        " FROM comment, generate_series(1, $1)",
        AT_ONCE,
    )
    await is_due(conn)
    assert await recheck(ctx) == AT_ONCE + 1


async def test_a_comment_older_than_its_facts_can_be_screened_again(
    ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment(text="what a load of shit")
    before = await bill(conn)
    await conn.execute("UPDATE comment SET facts = '{}'")
    await is_due(conn)
    assert await recheck(ctx) == 1
    assert await bill(conn) == before
