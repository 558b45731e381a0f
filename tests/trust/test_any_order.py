"""Queue, leases, decisions, undo, roles and keys in any order: the service does what a small model says.

Hypothesis makes up what people do; each step is done to the real application on a real PostgreSQL and to the
model in `newsroom.py`, and compared. With `GREENROOM_TEST_LONG=1` it plays for an hour instead of a minute,
and looks for the shortest way to a failure.
"""

import os
import random
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, Final

import httpx2
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from service.context import Context
from service.model.people import Role
from service.store.database import Connection
from tests.trust.modelled import Said
from tests.trust.newsroom import Newsroom

LONG: Final = os.environ.get("GREENROOM_TEST_LONG") == "1"
# Ana decides everywhere, Bo on one site, Chen only reads: until the admin changes that.
WHO = (0, 1, 2)
# Mostly somebody who may decide.
DECIDER = (0, 0, 0, 1, 1, 2)
# Few, so that much happens to each.
WHICH = (0, 1, 2, 3)
KEY = (None, "k1", "k2")
ACT = ("approve", "reject", "reject", "undo", "undo", "late", "again", "again", "other")
ROLES = (Role.READER, Role.MODERATOR, Role.MODERATOR, None)
Step = tuple[Any, ...]


def step_of(number: int, place: int) -> Step:
    """What somebody does in this place. Hypothesis is fond of some values, and says them again and again."""
    draw = random.Random(f"{number} {place}").choice  # noqa: S311 - no secret
    match draw(["decide"] * 5 + ["submit", "race", "take", "take", "let go", "govern"]):
        case "submit":
            return "submit", draw(WHO), draw((0, 1)), draw((0, 1)), draw(KEY)
        case "race":
            return "race", draw(DECIDER), draw(DECIDER), draw(WHICH)
        case "take":
            return "take", draw(DECIDER), draw((None, None, 1, 2, 3)), draw(WHICH)
        case "let go":
            return "let go", draw(DECIDER), draw((None, *WHO))
        case "govern":
            roles = {site: role for site in (0, 1) if (role := draw(ROLES))}
            return (
                "govern",
                draw(WHO),
                draw((roles, roles, roles, False, False, True)),
                draw((True, True, True, False)),
            )
        case _:
            return "decide", draw(ACT), draw(DECIDER), draw(WHICH), draw(KEY)


def machine(start: Callable[[], Coroutine[None, None, Newsroom]]) -> type[RuleBasedStateMachine]:
    """The rules, each of which runs in the event loop of the test."""

    class Machine(RuleBasedStateMachine):
        room: Newsroom
        steps = 0

        @initialize()
        def begin(self) -> None:
            self.room = from_thread.run(start)
            for site in self.room.sites:
                for words in ("The first.", "The second."):
                    from_thread.run(self.room.submit, site, words, None)

        def comment(self, which: int) -> Said:
            return sorted(self.room.said.values(), key=lambda each: each.id)[which % len(self.room.said)]

        def do(self, who: int, act: Callable[..., Coroutine[Any, Any, None]], *given: object) -> None:
            """Do it, and look at what the one who did it sees then, and at what is stored."""
            from_thread.run(act, *given)
            from_thread.run(self.room.look, self.room.people[who])
            from_thread.run(self.room.compare)

        @rule(number=st.integers(0, 2**32 - 1))
        def step(self, number: int) -> None:
            self.steps += 1
            match step_of(number, self.steps):
                case "decide", act, who, which, key:
                    self.decide(act, who, self.comment(which), key)
                case "submit", who, site, text, key:
                    words = f"Well said {text} with {key}." if key else f"Well said {len(self.room.said)}."
                    self.do(who, self.room.submit, self.room.sites[site], words, key)
                case "race", one, other, which:
                    people = self.room.people
                    self.do(one, self.room.race, people[one], people[other], self.comment(which))
                case "take", who, None, which:
                    held = [each for each in self.room.said.values() if each.holder]
                    said = held[which % len(held)] if held else self.comment(which)
                    self.do(who, self.room.take_this, self.room.people[who], said)
                case "take", who, count, _:
                    self.do(who, self.room.take, self.room.people[who], count)
                case "let go", who, None:
                    self.do(who, self.room.give_back, self.room.people[who])
                case "let go", who, to:
                    self.do(who, self.room.hand_over, self.room.people[who], self.room.people[to])
                case "govern", who, to, comes_back:
                    self.govern(who, to, comes_back=comes_back)

        def decide(self, act: str, who: int, said: Said, key: str | None) -> None:
            sent: tuple[str, int, str | None]
            match act:
                case "approve" | "reject" | "undo":
                    sent = (act, 0, key)
                case "again" | "other" if said.made:
                    made = said.made[-1]
                    who = next(n for n, each in enumerate(self.room.people) if each.name == made.by)
                    sent = (made.action if act == "again" else "undo", 1, made.key or key)
                case _:
                    sent = ("approve", 1, key)
            self.do(who, self.room.decide, self.room.people[who], said, *sent)

        def govern(self, who: int, to: dict[int, Role] | bool, *, comes_back: bool) -> None:
            person = self.room.people[who]
            if isinstance(to, bool):
                self.do(who, self.room.disable, person, to)
            else:
                named = {self.room.sites[site]: role for site, role in to.items()}
                self.do(who, self.room.change, person, named)
            if comes_back and not person.disabled:
                self.do(who, self.room.sign_in, person)

        def teardown(self) -> None:
            if hasattr(self, "room"):
                from_thread.run(self.room.compare_shown)

    return Machine


async def test_whatever_people_do_the_service_does_what_the_model_says(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    async def start() -> Newsroom:
        room = Newsroom(client, ctx, conn, secrets.token_hex(4))
        await room.open()
        return room

    bounds = bounded(
        max_examples=300 if LONG else 6,
        stateful_step_count=80 if LONG else 35,
        deadline=None,
        derandomize=not LONG,
        database=None,
        # Finding the shortest way to a failure takes minutes.
        phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    await to_thread.run_sync(lambda: run_state_machine_as_test(machine(start), settings=bounds))
