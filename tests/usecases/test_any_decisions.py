"""Whatever is decided, undone, edited and ruled in whatever order: log, statuses and counts agree."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.context import Context
from service.errors import AlreadyDecided, BatchNotFound, Conflict, EditClosed
from service.model.batches import Item
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.queue import Filters, Word
from service.model.rules import RuleKind
from service.model.screenings import Policy
from service.model.sites import Site
from service.store import sites
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.decide_many import decide_items
from service.usecases.decide_selection import decide_selection
from service.usecases.end_rule import end_rule
from service.usecases.make_rule import NewRule, make_rule
from service.usecases.own_comments import edit
from service.usecases.select import select
from service.usecases.undo_batch import undo_batch
from tests.factories import ARTICLE, a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
DECIDING = st.sampled_from([Action.APPROVE, Action.REJECT])

ACTIONS = st.one_of(
    st.tuples(st.just("submit"), st.booleans()),
    st.tuples(st.just("decide"), st.integers(0, 5), st.sampled_from(Action), st.integers(-1, 0)),
    st.tuples(st.just("bulk"), st.sets(st.integers(0, 5), min_size=1), st.sampled_from(Action)),
    st.tuples(st.just("select"), DECIDING),
    st.tuples(st.just("undo batch"), st.integers(0, 5)),
    st.tuples(st.just("edit"), st.integers(0, 5)),
    st.tuples(st.just("rule"), DECIDING),
    st.tuples(st.just("end rules")),
)


class World:
    """One page with its comments, and what may be done to them; batches are remembered to be undone."""

    def __init__(self, ctx: Context, conn: Connection) -> None:
        self.ctx, self.conn = ctx, conn
        self.page = f"{ARTICLE}/{uuid4()}"
        self.word = f"tickets{uuid4().hex[:12]}"
        self.ids: list[UUID] = []
        self.batches: list[UUID] = []
        self.rules: list[UUID] = []

    async def site(self) -> Site:
        async with self.ctx.db.read() as conn:
            found = await sites.by_slug(conn, "daily")
        assert found is not None
        return found[0]

    async def version(self, comment_id: UUID) -> int:
        return int(await self.conn.fetchval("SELECT version FROM comment WHERE id = $1", comment_id))

    async def do(self, name: str, *given: Any) -> None:
        match name, given:
            case "submit", (ruled,):
                text = f"cheap {self.word}" if ruled else f"Well said {uuid4()}."
                submission = a_submission(page=self.page, text=text)
                self.ids.append(await submitted(self.ctx, await self.site(), submission, a_delivery()))
            case "decide", (number, action, behind) if self.ids:
                comment_id = self.ids[number % len(self.ids)]
                version = max(1, await self.version(comment_id) + behind)
                await decide(self.ctx, ANA, comment_id, Choice(action, version))
            case "bulk", (numbers, action) if self.ids:
                ids = {self.ids[number % len(self.ids)] for number in numbers}
                items = [Item(each, Choice(action, await self.version(each))) for each in ids]
                batch_id, _ = await decide_items(self.ctx, ANA, items)
                self.batches.append(batch_id)
            case "select", (action,) if self.ids:
                frozen = await select(self.ctx, ANA, Filters(words=[Word(self.word)]), {})
                await decide_selection(self.ctx, ANA, frozen.id, Choice(action, 1))
                self.batches.append(frozen.id)
            case "undo batch", (number,) if self.batches:
                undone = await undo_batch(self.ctx, ANA, self.batches[number % len(self.batches)])
                self.batches.append(undone.id)
            case "edit", (number,) if self.ids:
                await self.edit(self.ids[number % len(self.ids)])
            case "rule", (action,):
                wanted = NewRule(RuleKind.TEXT, action, None, 1, self.word)
                self.rules.append((await make_rule(self.ctx, ANA, await self.site(), wanted)).rule.id)
                self.batches.append(self.rules[-1])
            case "end rules", ():
                while self.rules:
                    await end_rule(self.ctx, ANA, await self.site(), self.rules.pop())

    async def edit(self, comment_id: UUID) -> None:
        text = await self.conn.fetchval("SELECT text FROM comment WHERE id = $1", comment_id)
        with suppress(EditClosed):
            await edit(self.ctx, await self.site(), Policy(), comment_id, f"{text}!", "192.0.2.0/24")

    async def check(self) -> None:
        comments = await self.conn.fetch("SELECT * FROM comment WHERE id = ANY($1)", self.ids)
        log = await self.conn.fetch(
            "SELECT * FROM decision WHERE comment_id = ANY($1) ORDER BY version", self.ids
        )
        for comment in comments:
            made = [each for each in log if each["comment_id"] == comment["id"]]
            # What its author changed since waits again.
            stands = made and made[-1]["version"] == comment["version"]
            status = made[-1]["after"] if stands else "pending"
            assert comment["status"] == status
            assert (comment["reason"] is not None) == (status == "rejected")
            assert (comment["decided_by"] is not None) == (status != "pending")
            after = {each["version"]: each["after"] for each in made}
            assert all(each["before"] == after.get(each["version"] - 1, "pending") for each in made)
            kept = "SELECT version FROM revision WHERE comment_id = $1"
            edits = {row["version"] + 1 for row in await self.conn.fetch(kept, comment["id"])}
            assert sorted([*after, *edits]) == list(range(2, comment["version"] + 1))
        approved = sum(comment["status"] == "approved" for comment in comments)
        count = "SELECT coalesce(sum(approved_count), 0) FROM page WHERE url = $1"
        assert await self.conn.fetchval(count, self.page) == approved
        audited = "SELECT count(*) FROM audit_event WHERE target = ANY($1) AND actor <> 'author'"
        assert await self.conn.fetchval(audited, [str(each) for each in self.ids]) == len(log)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(steps=st.lists(ACTIONS, min_size=4, max_size=24))
async def test_log_statuses_versions_and_counts_agree(
    ctx: Context, site: Site, conn: Connection, steps: list[tuple[Any, ...]]
) -> None:
    world = World(ctx, conn)
    await world.do("submit", True)
    for step in steps:
        try:
            await world.do(*step)
        except (AlreadyDecided, Conflict, BatchNotFound):
            continue
        await world.check()
    await world.do("end rules")
    await world.check()


async def test_an_approval_that_races_with_an_edit_never_publishes_what_nobody_saw(
    ctx: Context, site: Site, conn: Connection
) -> None:
    seen = "The bridge should have been mended last year."
    ids = [await submitted(ctx, site, a_submission(), a_delivery()) for _ in range(12)]

    async def approve(comment_id: UUID) -> bool:
        try:
            await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
        except AlreadyDecided:
            return False
        return True

    async def change(comment_id: UUID) -> bool:
        try:
            await edit(ctx, site, Policy(), comment_id, "unseen", "192.0.2.0/24")
        except EditClosed:
            return False
        return True

    for number, comment_id in enumerate(ids):
        order = (approve(comment_id), change(comment_id))
        assert any(await asyncio.gather(*(order if number % 2 else order[::-1])))
    published = await conn.fetch("SELECT text FROM comment WHERE status = 'approved'")
    assert {row["text"] for row in published} <= {seen}
    assert await conn.fetchval("SELECT approved_count FROM page") == len(published)


async def test_bulks_and_selections_approve_no_text_that_nobody_saw(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [await submitted(ctx, site, a_submission(), a_delivery()) for _ in range(3)]
    frozen = await select(ctx, ANA, Filters(), {})
    for comment_id in ids:
        await edit(ctx, site, Policy(), comment_id, "unseen", "192.0.2.0/24")
    _, answers = await decide_items(ctx, ANA, [Item(each, Choice(Action.APPROVE, 1)) for each in ids])
    assert [type(answer.problem) for answer in answers] == [AlreadyDecided] * 3
    progress, _ = await decide_selection(ctx, ANA, frozen.id, Choice(Action.APPROVE, 1))
    assert (progress.decided, progress.passed) == (0, 3)
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE status = 'approved'") == 0
