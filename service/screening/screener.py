"""Runs the filters beside the event loop, within a time budget that nothing can break.

One thread takes what is waiting in batches, so that under load the two threads trade places once for
many submissions instead of once for each. When a run overruns its budget, the thread is given up (Python
cannot end it) and another takes what was waiting behind it.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

import structlog

from service.model.screenings import Policy, Screening
from service.screening.candidate import Words, prepare
from service.screening.expertise import Expertise
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.knowledge import Knowledge
from service.screening.screen import not_checked, screen

_MOST_AT_ONCE: Final = 16
_log = structlog.get_logger("greenroom.screening")

Job: TypeAlias = tuple[Callable[[], Screening], "asyncio.Future[Screening]"]
Done: TypeAlias = tuple["asyncio.Future[Screening]", Screening]


class Screener:
    """The filters, ready to look at a submission. For one event loop; needs no closing."""

    def __init__(self, filters: Sequence[Filter], seconds: float) -> None:
        """`seconds` is the budget of one submission, waiting included."""
        self._filters = filters
        self._seconds = seconds
        self._worker: _Worker | None = None
        self._expertise = Expertise()

    async def screen(self, words: Words, facts: Facts, policy: Policy, knowledge: Knowledge) -> Screening:
        """The bill of these words; past the budget, the bill that says *not checked*."""
        loop = asyncio.get_running_loop()
        worker = self._worker
        if worker is None or worker.loop is not loop:
            worker = self._worker = _Worker(loop)
        answer: asyncio.Future[Screening] = loop.create_future()
        worker.ask((lambda: self._run(words, facts, policy, knowledge), answer))
        # A timer and not `asyncio.timeout`, which costs more than it looks and cancels what it waits for.
        timer = loop.call_later(self._seconds, self._give_up, worker, answer)
        try:
            return await answer
        finally:
            timer.cancel()

    def _run(self, words: Words, facts: Facts, policy: Policy, knowledge: Knowledge) -> Screening:
        terms, learner = self._expertise.of(knowledge)
        candidate = prepare(words.text, name=words.name, website=words.website, terms=terms)
        return screen(candidate, facts, self._filters, policy, learner)

    def _give_up(self, worker: "_Worker", answer: "asyncio.Future[Screening]") -> None:
        """The budget is spent: take what is done already, else do without, and leave the thread behind."""
        worker.deliver()
        if not answer.done():
            _log.warning("screening.overran", seconds=self._seconds)
            answer.set_result(not_checked("The filters took too long."))
            if self._worker is worker:
                self._worker = worker.successor()


class _Worker:
    """A thread and what waits for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, jobs: "SimpleQueue[Job] | None" = None) -> None:
        self.loop = loop
        self.jobs = jobs if jobs is not None else SimpleQueue[Job]()
        self._asked: list[Job] = []
        self._done: deque[Done] = deque()
        self._retired = False
        # A daemon, so that a filter that never ends does not keep the process from ending.
        threading.Thread(target=self._work, name="screening", daemon=True).start()

    def ask(self, job: Job) -> None:
        """Wake the thread once for all that comes in during one round of the loop."""
        if not self._asked:
            self.loop.call_soon(self._hand_over)
        self._asked.append(job)

    def _hand_over(self) -> None:
        for job in self._asked:
            self.jobs.put(job)
        self._asked.clear()

    def deliver(self) -> None:
        """Hand over what is done; on the loop's thread."""
        while self._done:
            answer, screening = self._done.popleft()
            if not answer.done():
                answer.set_result(screening)

    def successor(self) -> "_Worker":
        """Another thread for the same queue; this one ends when it comes back from where it is stuck."""
        self._retired = True
        return _Worker(self.loop, self.jobs)

    def _work(self) -> None:
        while not self._retired:
            first = self.jobs.get()
            if self._is_retired():
                self.jobs.put(first)
                return
            self._done.append(self._run(first))
            with suppress(Empty):
                for _ in range(_MOST_AT_ONCE - 1):
                    if self._is_retired():
                        break
                    self._done.append(self._run(self.jobs.get_nowait()))
            try:
                self.loop.call_soon_threadsafe(self.deliver)
            except RuntimeError:
                return  # The loop is closed: nobody waits any more.

    def _is_retired(self) -> bool:
        return self._retired

    @staticmethod
    def _run(job: Job) -> Done:
        run, answer = job
        try:
            return answer, run()
        except Exception as error:  # noqa: BLE001 - the thread must live on, and the comment reach a person
            _log.error("screening.failed", error=type(error).__name__)
            return answer, not_checked("The text could not be prepared for the filters.")
