"""Whatever is decided, undone, erased and distrusted, in whatever order, only what counts now was taught.

Hypothesis makes up sequences; each is played on a real database that was taught a little already. What the
learner knows in the end is compared, byte by byte, with what is learned from nothing but what counts then.
"""

import secrets
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
from anyio import from_thread, to_thread
from hypothesis import HealthCheck
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from service.app import open_context, prepare_keys
from service.context import Context
from service.embedded import EmbeddedServer
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.screening.learner.features import READING
from service.screening.screener import Screener
from service.settings import Settings
from service.store import learners, lessons
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_site
from service.usecases.learn import MOST_LESSONS, learn_site
from tests.conftest import in_database
from tests.factories import SITE_ORIGIN
from tests.usecases.test_learning import ANA, taught
from tests.usecases.test_learning import lone_votes as lone_votes

BOB = Principal("bob", frozenset({Scope.MODERATE}), None)
WHO = st.sampled_from([ANA, BOB])
# Few, so that much happens to each.
WHICH = st.integers(0, 2)
# Who made the standing and what it was: None while a comment is pending.
Standing = tuple[str, Action, Reason | None] | None


class Played:
    """One sequence on one database, beside a model of it: the standings of each comment."""

    def __init__(
        self, ctx: Context, owner: Connection, site: Site, spam: list[UUID], ham: list[UUID]
    ) -> None:
        self.ctx, self.owner, self.site = ctx, owner, site
        self.untrusted: set[str] = set()
        rejected: Standing = ("ana", Action.REJECT, Reason.SPAM)
        self.held: dict[UUID, list[Standing]] = {each: [None, rejected] for each in spam}
        self.held |= {each: [None, ("ana", Action.APPROVE, None)] for each in ham}

    async def decide(self, which: int, by: Principal, action: Action, reason: Reason | None) -> None:
        comment_id = sorted(self.held)[which % len(self.held)]
        standings = self.held[comment_id]
        await decide(self.ctx, by, comment_id, Choice(action, len(standings), reason))
        # An undo leads back to where the comment stood before the latest decision, be that an undo itself.
        standings.append(standings[-2] if action is Action.UNDO else (by.name, action, reason))

    async def erase(self, which: int) -> None:
        comment_id = sorted(self.held)[which % len(self.held)]
        await self.owner.execute("DELETE FROM comment WHERE id = $1", comment_id)
        del self.held[comment_id]

    async def distrust(self, by: Principal) -> None:
        await lessons.distrust(self.owner, [self.site.id], by.name)
        self.untrusted.add(by.name)

    async def trust(self, by: Principal) -> None:
        await lessons.trust(self.owner, [self.site.id], by.name)
        self.untrusted.discard(by.name)

    async def learn(self) -> bytes | None:
        await learn_site(self.ctx, self.site.id)
        found = await learners.get(self.owner, self.site.id)
        return found.weights if found else None

    async def check(self) -> None:
        """What is known is what the model says, learned from nothing."""
        known = await self.learn()
        present = await lessons.present(self.owner, self.site.id, MOST_LESSONS, READING)
        assert {(each.comment_id, each.is_spam) for each in present} == {
            (comment_id, last[1] is Action.REJECT)
            for comment_id, standings in self.held.items()
            if (last := standings[-1]) and last[0] not in self.untrusted and last[2] in {None, Reason.SPAM}
        }
        await self.owner.execute("DELETE FROM learner")
        await self.owner.execute("DELETE FROM lesson")
        assert await self.learn() == known


Begun = tuple[Played, AsyncExitStack]


def machine(start: Callable[[], Coroutine[None, None, Begun]]) -> type[RuleBasedStateMachine]:
    """The rules, each of which runs in the event loop of the test."""

    class Machine(RuleBasedStateMachine):
        played: Played
        stack: AsyncExitStack

        @initialize()
        def begin(self) -> None:
            self.played, self.stack = from_thread.run(start)

        @rule(which=WHICH, by=WHO)
        def approve(self, which: int, by: Principal) -> None:
            from_thread.run(self.played.decide, which, by, Action.APPROVE, None)

        @rule(which=WHICH, by=WHO, reason=st.sampled_from([Reason.SPAM, Reason.ABUSE]))
        def reject(self, which: int, by: Principal, reason: Reason) -> None:
            from_thread.run(self.played.decide, which, by, Action.REJECT, reason)

        @rule(which=WHICH, times=st.integers(1, 3))
        def undo(self, which: int, times: int) -> None:
            for _ in range(times):
                from_thread.run(self.played.decide, which, ANA, Action.UNDO, None)

        @rule(which=WHICH)
        def erase(self, which: int) -> None:
            from_thread.run(self.played.erase, which)

        @rule(by=WHO)
        def distrust(self, by: Principal) -> None:
            from_thread.run(self.played.distrust, by)

        @rule(by=WHO)
        def trust(self, by: Principal) -> None:
            from_thread.run(self.played.trust, by)

        @rule()
        def learn(self) -> None:
            from_thread.run(self.played.learn)

        def teardown(self) -> None:
            if hasattr(self, "played"):
                try:
                    from_thread.run(self.played.check)
                finally:
                    from_thread.run(self.stack.aclose)

    return Machine


@pytest.mark.usefixtures("lone_votes")
async def test_what_is_known_is_what_the_decisions_that_count_teach(
    server: EmbeddedServer,
    database: str,
    app_dsn: str,
    conn: Connection,
    settings: Settings,
    screener: Screener,
) -> None:
    prepare_keys(settings)
    async with open_context(settings, app_dsn, screener) as ctx:
        site = await add_site(ctx, "daily", [SITE_ORIGIN], actor="test")
        spam, ham = await taught(ctx, site)
    await conn.close()

    async def start() -> Begun:
        name = f"{database}_{secrets.token_hex(4)}"
        stack = AsyncExitStack()
        admin = await asyncpg.connect(in_database(server.admin_dsn, "postgres"))
        stack.push_async_callback(admin.close)
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {database} OWNER greenroom_owner")
        stack.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        owner = await asyncpg.connect(in_database(server.owner_dsn, name))
        stack.push_async_callback(owner.close)
        own = await stack.enter_async_context(
            open_context(settings, in_database(server.app_dsn, name), screener)
        )
        return Played(own, owner, site, spam, ham), stack

    bounds = bounded(
        max_examples=6,
        stateful_step_count=12,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await to_thread.run_sync(lambda: run_state_machine_as_test(machine(start), settings=bounds))
