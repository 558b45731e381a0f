"""How an experiment is made: a stage, the load on it, a fault, and what must hold afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from faults.check import check
from faults.load import KINDS, Load
from faults.stage import Stage

Found: TypeAlias = dict[str, object]
RECOVERY_SECONDS: Final = 5.0
# What a comment takes at most, at the median, of twenty writers on two cores that do nothing else.
_USUAL_SECONDS: Final = 0.1
# On a machine that is slower still, times are not judged but missed.
_SLOWEST: Final = 3.0
# A process of some 150 MiB may take a little more without leaking.
_GROWTH: Final = 1.10
_SPARE_KIB: Final = 30 * 1024


@dataclass(frozen=True)
class How:
    """`short` is for busy machines: less load, no judgement of times, the same promises.

    `times` is how often X1 and X5 kill.
    """

    short: bool = False
    times: int = 1


@dataclass(frozen=True)
class Experiment:
    """One fault."""

    id: str
    says: str
    run: Callable[[Path, How], Coroutine[object, object, Found]]


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(
    name: str, says: str
) -> Callable[[Callable[[Path, How], Coroutine[object, object, Found]]], Experiment]:
    """Declare an experiment: a coroutine that is given an empty folder, and how to go about it."""

    def declare(run: Callable[[Path, How], Coroutine[object, object, Found]]) -> Experiment:
        EXPERIMENTS[name] = found = Experiment(name, says, run)
        return found

    return declare


@dataclass
class Play:
    """A stage under load, and what is measured on it."""

    stage: Stage
    load: Load
    short: bool
    # How many times slower than a machine that has nothing else to do; times are judged by it.
    slowness: float = 1.0
    found: Found = field(default_factory=dict)
    recoveries: list[float] = field(default_factory=list)

    async def some(self) -> None:
        """Let some more comments be acknowledged."""
        await self.load.until(30 if self.short else 200)

    async def recovers(self, since: float, within: float = RECOVERY_SECONDS) -> None:
        """The first comment after the end of a fault is acknowledged in time."""
        seconds = await self.load.recovery(since)
        self.recoveries.append(round(seconds, 2))
        self.found["recovery_seconds"] = self.recoveries
        self.judge("recovery", seconds, within)

    def judge(self, what: str, seconds: float, most: float) -> None:
        """This took no longer than it may; a short run is for machines whose clocks say little."""
        most *= self.slowness
        assert self.short or seconds <= most, f"{what} took {seconds:.2f} s, more than {most:.2f}"

    @property
    def is_judged(self) -> bool:
        """Whether nobody may be refused: where comments queue for the processor, time limits refuse some."""
        return not self.short and self.slowness <= 1

    def _weigh(self) -> None:
        """How slow the machine is, by what comments took before anything was done to the service."""
        seconds = sorted(one.seconds for one in self.load.seen if (one.kind, one.status) == ("post", 202))
        usual = seconds[len(seconds) // 2]
        self.slowness = min(max(1.0, usual / _USUAL_SECONDS), _SLOWEST)
        self.found |= {"usual_seconds": round(usual, 3), "slowness": round(self.slowness, 1)}

    async def settle(self) -> None:
        """Let some comments in before the fault."""
        await self.some()
        self._weigh()


@asynccontextmanager
async def under_load(stage: Stage, *, how: How) -> AsyncIterator[Play]:
    """The load on this stage until the block ends; then everything is checked."""
    moderator = await stage.furnish()
    load = Load(lambda: stage.url, moderator, writers=8 if how.short else 20, readers=2 if how.short else 5)
    play = Play(stage, load, how.short)
    async with load:
        await play.settle()
        memory, process = stage.memory, stage.process
        yield play
        await play.some()
    play.found |= await check(await stage.admin_dsn(), load)
    play.found["statuses"] = {kind: load.statuses(kind) for kind in KINDS}
    play.found["slowest_seconds"] = round(load.slowest(), 2)
    if stage.process is process:
        play.found |= {"memory_before_kib": memory, "memory_after_kib": stage.memory}
        assert stage.memory < max(memory * _GROWTH, memory + _SPARE_KIB), "its memory grew"
    allowed = {0, 200, 201, 202, 503}
    strange = {one.status for one in load.seen} - allowed
    assert not strange, f"answers that no fault excuses: {strange}"
    crashes = stage.log.read_text().count('"request.crashed"')
    assert crashes == 0, f"{crashes} requests crashed"


async def answers_again(dsn: str) -> float:
    """When the database takes a connection."""
    until = time.monotonic() + 60
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await (await asyncpg.connect(dsn, timeout=2)).close()
            return time.monotonic()
        assert time.monotonic() < until, "the database does not come back"
        await asyncio.sleep(0.01)


async def pause(seconds: float) -> float:
    """Let a fault last; gives the moment at which it ends."""
    await asyncio.sleep(seconds)
    return time.monotonic()
