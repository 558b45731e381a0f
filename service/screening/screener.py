"""Has filters run in a process of their own, within a time budget that nothing can break.

A thread cannot be stopped while a filter holds Python's lock, and it shares its memory with the service.
The process is killed when a comment overruns its budget; another takes what was waiting behind it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

import structlog

from service.model.screenings import Policy, Screening
from service.screening.candidate import Words
from service.screening.facts import Facts
from service.screening.knowledge import Knowledge
from service.screening.process import Process
from service.screening.room import Answer, Job
from service.screening.screen import not_checked

# Enough to keep the process busy, and few enough that what nobody waits for any more is dropped unsent.
_MOST_AT_ONCE: Final = 16
# How long the service waits for its first process, and how long a comment waits behind others.
_START_SECONDS: Final = 5.0
# How long a comment waits for a process that is starting.
_WAIT_SECONDS: Final = 2.0
# Processes that ended one after the other before they looked at anything, until pauses come between them.
_QUICK_STARTS: Final = 3
_LONGEST_PAUSE: Final = 30.0
_log = structlog.get_logger("greenroom.screening")


@dataclass(eq=False, slots=True)
class _Asked:
    """A comment that somebody waits for, since when, and what its site knows.

    `losses` counts the processes that ended while they looked at it: the first may be no fault of its own.
    `is_delayed` says that one ended before its turn came, and that it has not been given time for that yet.
    """

    job: Job
    knowledge: Knowledge
    answer: "asyncio.Future[Screening]"
    since: float
    losses: int = 0
    is_delayed: bool = False


class Screener:
    """The filters, ready to look at submissions. For one event loop."""

    def __init__(self, filters: str, seconds: float, megabytes: int = 1024) -> None:
        """`filters` is a reference such as `service.filters:FILTERS`.

        `seconds` is the budget of one submission, waiting included, but for waiting for a process to start;
        `megabytes` is what the process may allocate.
        """
        self._filters, self._seconds, self._megabytes = filters, seconds, megabytes
        self._process: Process | None = None
        self._ready = asyncio.Event()
        self._waiting: deque[_Asked] = deque()
        self._sent: deque[_Asked] = deque()
        self._told: dict[int, Knowledge] = {}
        self._head_since = 0.0
        self._failures = 0
        self._is_pumping = self._is_watching = self._is_closed = False
        self._ends: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start the process before it is needed, and wait until it is ready, for a few seconds at most."""
        self._begin()
        try:
            await asyncio.wait_for(self._ready.wait(), _START_SECONDS)
        except TimeoutError:
            _log.warning("screening.slow_start", seconds=_START_SECONDS)

    async def close(self) -> None:
        """End the process; whoever waits is told that the comment was not checked."""
        self._is_closed = True
        for asked in (*self._sent, *self._waiting):
            _answer(asked, not_checked("The service was stopped before the filters could run."))
        self._sent.clear()
        self._waiting.clear()
        self._let_go()
        await asyncio.gather(*self._ends)

    async def screen(self, words: Words, facts: Facts, policy: Policy, knowledge: Knowledge) -> Screening:
        """The bill of these words; past the budget, the bill that says *not checked*."""
        if self._is_failing and not self._ready.is_set():
            return not_checked("The filters could not be started.")
        loop = asyncio.get_running_loop()
        asked = _Asked(
            Job(words, facts, policy, knowledge.site_id), knowledge, loop.create_future(), loop.time()
        )
        self._waiting.append(asked)
        self._pump_soon()
        # A timer and not `asyncio.timeout`, which costs more than it looks and cancels what it waits for.
        timer = loop.call_later(self._seconds, self._overdue, asked)
        try:
            return await asked.answer
        finally:
            timer.cancel()

    def _pump_soon(self) -> None:
        """Send once for all that comes in during one round of the loop."""
        if not self._is_pumping:
            self._is_pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._is_pumping = False
        if self._process is None and not self._is_failing:
            self._begin()
        if self._process is None or not self._ready.is_set():
            return
        values: list[Knowledge | Job] = []
        while self._waiting and len(self._sent) < _MOST_AT_ONCE:
            asked = self._waiting.popleft()
            if asked.answer.done():
                continue
            known = asked.knowledge
            if self._told.get(known.site_id) is not known:
                self._told[known.site_id] = known
                values.append(known)
            values.append(asked.job)
            if not self._sent:
                self._head_since = asyncio.get_running_loop().time()
            self._sent.append(asked)
        if values:
            self._process.send(values)
            if not self._is_watching:
                self._watch()

    def _answered(self, value: Answer | None) -> None:
        if value is None:
            self._ready.set()
        else:
            self._failures = 0
            self._head_since = asyncio.get_running_loop().time()
            for event in value.events:
                _log.error(**event)
            _answer(self._sent.popleft(), value.screening)
        self._pump_soon()

    def _overdue(self, asked: _Asked) -> None:
        """The budget of a comment is spent: do without, unless it has only waited for a process."""
        if asked.answer.done():
            return
        loop = asyncio.get_running_loop()
        is_starting = not (self._ready.is_set() or self._is_failing)
        # Behind one that takes all the time, or being that one, of which `_watch` takes care.
        is_behind = bool(self._sent) and self._head_since - asked.since < self._seconds / 2
        is_head = bool(self._sent) and asked is self._sent[0]
        most = max(_WAIT_SECONDS if is_starting else _START_SECONDS, 2 * self._seconds)
        waits = is_starting or is_behind or is_head or asked.is_delayed
        if waits and loop.time() - asked.since < most:
            asked.is_delayed = False
            loop.call_later(self._seconds, self._overdue, asked)
            return
        _log.warning("screening.overran", seconds=self._seconds)
        _answer(asked, not_checked("The filters took too long."))

    def _watch(self) -> None:
        """Kill the process once the comment that it looks at has had its time."""
        self._is_watching = bool(self._sent)
        if not self._sent:
            return
        loop = asyncio.get_running_loop()
        left = self._head_since + self._seconds - loop.time()
        if left > 0:
            loop.call_later(left, self._watch)
            return
        self._is_watching = False
        _log.warning("screening.killed", seconds=self._seconds)
        _answer(self._sent.popleft(), not_checked("The filters took too long."))
        self._start_over()

    def _lost(self) -> None:
        """The process has ended by itself; where none lives to look at anything, pauses come between them."""
        _log.error("screening.ended", was_ready=self._ready.is_set())
        if not self._sent:
            # One that did not come up will hardly do so the next time: it is tried once more at once.
            self._failures += 1 if self._ready.is_set() else _QUICK_STARTS
        else:
            head = self._sent[0]
            head.losses += 1
            if head.losses > 1:
                _answer(self._sent.popleft(), not_checked("The filters stopped on this text."))
        self._start_over()

    def _start_over(self) -> None:
        """Another process takes what was sent to this one."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        for asked in self._waiting:
            asked.is_delayed = True
        self._ready.clear()
        self._told.clear()
        if self._process and self._process.is_alive and not self._is_failing:
            self._process.renew()
            return
        self._let_go()
        if self._is_failing:
            self._begin_later()
        else:
            self._begin()

    @property
    def _is_failing(self) -> bool:
        return self._failures > _QUICK_STARTS

    def _begin_later(self) -> None:
        pause = min(_LONGEST_PAUSE, 0.1 * 2**self._failures)
        asyncio.get_running_loop().call_later(pause, self._begin)

    def _begin(self) -> None:
        if self._process or self._is_closed:
            return
        try:
            self._process = Process(self._filters, self._megabytes, self._answered, self._lost)
        except OSError as error:
            _log.error("screening.cannot_start", error=type(error).__name__)
            self._failures = max(self._failures, _QUICK_STARTS) + 1
            self._begin_later()

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process:
            task = asyncio.get_running_loop().create_task(process.end())
            self._ends.add(task)
            task.add_done_callback(self._ends.discard)


def _answer(asked: _Asked, screening: Screening) -> None:
    if not asked.answer.done():
        asked.answer.set_result(screening)
