"""The screener: in a process of its own, within its budget, and one comment in trouble harms no other."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import structlog

from service.model.screenings import NOT_CHECKED, Policy, Screening
from service.model.terms import Term, TermKind
from service.screening.candidate import Words
from service.screening.facts import Facts
from service.screening.knowledge import Knowledge
from service.screening.screener import Screener
from tests.troublesome import REFERENCE

FACTS = Facts(honeypot=False, fill_seconds=10, has_form_token=True)


@asynccontextmanager
async def screening(
    seconds: float = 5, filters: str = REFERENCE, megabytes: int = 256
) -> AsyncIterator[Screener]:
    screener = Screener(filters, seconds, megabytes)
    await screener.start()
    try:
        yield screener
    finally:
        await screener.close()


async def look(screener: Screener, text: str, knowledge: Knowledge | None = None) -> Screening:
    return await screener.screen(Words(text, "Sam", None), FACTS, Policy(), knowledge or Knowledge(1))


def pid_of(screener: Screener) -> int:
    assert screener._process is not None
    return screener._process.pid


def stem_of(screener: Screener) -> int:
    assert screener._process is not None
    return screener._process._stem.pid


def names(found: Screening) -> list[str]:
    return [line.name for line in found.signals]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_many_at_once_get_each_their_own_answer_from_another_process() -> None:
    async with screening() as screener:
        assert pid_of(screener) != os.getpid()
        texts = [f"comment {n} " + "x" * (n * 37 % 9_000) for n in range(300)]
        found = await asyncio.gather(*(look(screener, text) for text in texts))
    assert [each.signals[0].sentence for each in found] == texts


@pytest.mark.parametrize("trouble", ["hang", "eat", "raise", "exit"])
async def test_a_filter_in_trouble_costs_only_its_own_comment_a_label(trouble: str) -> None:
    async with screening(1.5) as screener:
        texts = ["before", "before too", trouble, "after", "after too"]
        found = await asyncio.gather(*(look(screener, text) for text in texts))
        later = await look(screener, "later")
    assert [names(each) for each in found] == [["trouble"]] * 2 + [[NOT_CHECKED]] + [["trouble"]] * 2
    assert names(later) == ["trouble"]


async def test_who_came_a_little_after_one_that_hangs_does_not_pay_for_it() -> None:
    """Their own time ends while the process that takes them over is at work."""
    async with screening(1.5) as screener:
        asked = [asyncio.create_task(look(screener, "hang"))]
        for _ in range(8):
            await asyncio.sleep(0.02)
            asked.append(asyncio.create_task(look(screener, "linger")))
        found = await asyncio.gather(*asked)
    assert [names(each) for each in found] == [[NOT_CHECKED], *[["trouble"]] * 8]


async def test_the_loop_goes_on_while_a_filter_hangs() -> None:
    async with screening(0.5) as screener:
        stuck = asyncio.create_task(look(screener, "hang"))
        rounds = 0
        while not stuck.done():
            await asyncio.sleep(0.001)
            rounds += 1
    assert rounds > 10


async def test_whenever_the_process_is_killed_each_comment_is_answered_once_with_its_own_bill() -> None:
    # Time is not what this is about: on a busy machine a process takes seconds to come back.
    async with screening(30) as screener:
        asked = [asyncio.create_task(look(screener, f"comment {n}")) for n in range(400)]
        for pause in (0.01, 0.7, 0.05, 0.6):
            await asyncio.sleep(pause)
            if screener._process:
                os.kill(pid_of(screener), signal.SIGKILL)
            asked += [asyncio.create_task(look(screener, f"comment {len(asked) + n}")) for n in range(50)]
        found = await asyncio.gather(*asked)
    unchecked = [each for each in found if not each.is_checked]
    assert len(unchecked) <= 4
    assert all(each.signals[0].sentence == f"comment {n}" for n, each in enumerate(found) if each.is_checked)


async def test_another_process_is_made_of_what_was_loaded_before() -> None:
    async with screening(0.5) as screener:
        first, stem = pid_of(screener), stem_of(screener)
        assert names(await look(screener, "hang")) == [NOT_CHECKED]
        assert names(await look(screener, "well")) == ["trouble"]
        assert pid_of(screener) != first
        assert not is_running(first)
        assert names(await look(screener, "exit")) == [NOT_CHECKED]
        assert names(await look(screener, "well")) == ["trouble"]
        assert stem_of(screener) == stem


async def test_where_the_stem_ends_what_it_made_ends_too_whatever_that_does() -> None:
    async with screening(30) as screener:
        asked = [asyncio.create_task(look(screener, text)) for text in ("hang", "well")]
        made: list[int] = []

        def is_at_it() -> bool:
            return bool(screener._sent) and stem_of(screener) not in made

        for _ in range(2):
            await until(is_at_it)
            made += [stem_of(screener), pid_of(screener)]
            os.kill(stem_of(screener), signal.SIGKILL)
        assert [names(found) for found in await asyncio.gather(*asked)] == [[NOT_CHECKED], ["trouble"]]
        assert len(set(made)) == 4
        await until(lambda: not any(map(is_running, made)))


async def test_terms_and_their_changes_reach_the_process() -> None:
    async with screening(filters="service.filters:FILTERS", megabytes=1024) as screener:
        knows = Knowledge(1, (Term(TermKind.BLOCK, "quango"),), 1)
        assert names(await look(screener, "The quango met.", knows)) == ["terms"]
        assert names(await look(screener, "The quango met.", Knowledge(2))) == []
        os.kill(pid_of(screener), signal.SIGKILL)
        assert names(await look(screener, "The quango met.", knows)) == ["terms"]
        assert names(await look(screener, "The quango met.", Knowledge(1, (), 2))) == []


async def test_what_a_filter_says_about_its_failure_is_in_the_log_of_the_service() -> None:
    log = structlog.testing.LogCapture()
    structlog.configure(processors=[log], cache_logger_on_first_use=False)
    async with screening() as screener:
        await look(screener, "raise")
    assert [(each["event"], each["filter"], each["error"]) for each in log.entries] == [
        ("filter.failed", "trouble", "ZeroDivisionError")
    ]


async def test_where_no_process_comes_up_comments_are_not_kept_waiting_for_long() -> None:
    screener = Screener("tests.troublesome:NOTHING_OF_THIS_NAME", 0.2)
    found = [await look(screener, "well") for _ in range(3)]
    assert [names(each) for each in found] == [[NOT_CHECKED]] * 3
    await until(lambda: screener._is_failing and not screener._process)
    at_once = asyncio.create_task(look(screener, "well"))
    await asyncio.sleep(0)
    assert at_once.done()
    assert names(await at_once) == [NOT_CHECKED]
    await screener.close()


async def test_a_closed_screener_leaves_no_process_and_nobody_waiting() -> None:
    screener = Screener(REFERENCE, 5, 256)
    await screener.start()
    pid = pid_of(screener)
    waiting = asyncio.create_task(look(screener, "hang"))
    await asyncio.sleep(0.05)
    await screener.close()
    assert names(await waiting) == [NOT_CHECKED]
    assert not is_running(pid)


async def test_an_interrupt_of_the_terminal_leaves_the_process_to_the_service() -> None:
    async with screening() as screener:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pid_of(screener), number)
        pid = pid_of(screener)
        assert names(await look(screener, "well")) == ["trouble"]
        assert pid_of(screener) == pid


def test_the_process_ends_with_the_service_however_that_ends() -> None:
    program = (
        "import asyncio, os, sys\n"
        "from service.screening.screener import Screener\n"
        "async def main():\n"
        f"    screener = Screener({REFERENCE!r}, 5, 256)\n"
        "    await screener.start()\n"
        "    print(screener._process.pid, screener._process._stem.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    for pid in map(int, done.stdout.split()):
        for _ in range(200):
            if not is_running(pid):
                break
            time.sleep(0.05)
        assert not is_running(pid)
