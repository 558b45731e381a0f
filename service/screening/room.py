"""The screening process: does nothing but run filters, so that it can be killed whatever they do.

Loading the filters takes half a second, so one process, the *stem*, loads them and looks at no comment. For
each socket that it is sent it forks, in a few milliseconds, a process that screens: what comes in there is
knowledge and jobs; for each job one answer goes out, in order, with what there was to log. Before it forks
again it kills the one before. It is started by `service.screening.process` with a reference to its filters,
the number of its own socket and its memory in MiB. Both end when the other ends of their sockets are gone.
"""

import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

import structlog
from structlog.typing import EventDict

from service.model.screenings import Policy, Screening
from service.screening.candidate import Words, prepare
from service.screening.expertise import Expertise
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.frames import Unframer, framed
from service.screening.knowledge import Knowledge
from service.screening.screen import not_checked, screen

_SAMPLE: Final = Words(
    "A fair point, said nobody: see https://example.org/ or call 0123 456789.", "Sam", None
)


class Job(NamedTuple):
    """A comment to look at; what its site knows was sent before."""

    words: Words
    facts: Facts
    policy: Policy
    site_id: int


class Answer(NamedTuple):
    """A bill, and events for the log."""

    screening: Screening
    events: Sequence[EventDict]


def filters_at(reference: str) -> Sequence[Filter]:
    """The filters that a reference such as `service.filters:FILTERS` names."""
    module, _, name = reference.partition(":")
    found: Sequence[Filter] = getattr(import_module(module), name)
    return found


class Room:
    """The filters, and what the sites know."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._filters = filters
        self._expertise = Expertise()
        self._known: dict[int, Knowledge] = {}
        self._events: list[EventDict] = []
        structlog.configure(processors=[self._keep], cache_logger_on_first_use=False)

    def take(self, value: Knowledge | Job) -> Answer | None:
        """Learn what a site knows, or answer a job."""
        if isinstance(value, Knowledge):
            self._known[value.site_id] = value
            return None
        self._events = []
        return Answer(self._screen(value), self._events)

    def _screen(self, job: Job) -> Screening:
        try:
            terms, learner = self._expertise.of(self._known[job.site_id])
            text, name, website = job.words
            candidate = prepare(text, name=name, website=website, terms=terms)
            return screen(candidate, job.facts, self._filters, job.policy, learner)
        except Exception as error:  # noqa: BLE001 - the others must be screened, and the comment reach a person
            self._events.append({"event": "screening.failed", "error": type(error).__name__})
            return not_checked("The text could not be prepared for the filters.")

    def _keep(self, _logger: object, _level: str, event: EventDict) -> EventDict:
        self._events.append(dict(event))
        raise structlog.DropEvent


def main() -> None:
    """Load the filters, say so, and be the stem until the other end is closed."""
    reference, number, megabytes = sys.argv[1:]
    # A terminal or a supervisor tells the whole group to end: we do when the service does.
    for number_of_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number_of_signal, signal.SIG_IGN)
    _limit_memory(int(megabytes) * 2**20)
    with socket.socket(fileno=int(number)) as sock, suppress(ConnectionError):
        room = Room(filters_at(reference))
        # What is compiled at the first use is compiled before anybody waits for it.
        room.take(Knowledge(0))
        room.take(Job(_SAMPLE, Facts(honeypot=False, fill_seconds=None, has_form_token=True), Policy(), 0))
        # And what will stay is not looked through again whenever memory is collected: that took 20 ms, and
        # would copy what the processes share.
        gc.collect()
        gc.freeze()
        sock.sendall(framed(None))
        _branch(sock, room)


def _branch(stem: socket.socket, room: Room) -> None:
    """Fork a process for each socket that comes, which ends the one before; tell its number."""
    child = 0
    while True:
        _, numbers, _, _ = socket.recv_fds(stem, 1, 1)
        if child:
            # Nobody else waits for it, so the number is still its own, even where it has ended already.
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if not numbers:
            return
        child = os.fork()
        if not child:
            stem.close()
            _screen_and_end(numbers[0], room)
        os.close(numbers[0])
        stem.sendall(framed(child))


def _screen_and_end(number: int, room: Room) -> NoReturn:
    """Answer jobs until the other end is closed; never comes back into what was forked."""
    try:
        with socket.socket(fileno=number) as sock, suppress(ConnectionError):
            _answer(sock, room)
    finally:
        os._exit(0)


def _answer(sock: socket.socket, room: Room) -> None:
    unframer = Unframer()
    while piece := sock.recv(2**18):
        for values in unframer.feed(piece):
            for value in values:
                if answer := room.take(value):
                    sock.sendall(framed(answer))


def _limit_memory(limit: int) -> None:
    """Beyond the limit allocation fails, which a filter's run turns into a label; and should the machine
    itself run out, this process goes before the service does."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
