"""The screener: beside the loop, within its budget, and one hanging filter harms nobody else."""

import asyncio
import threading

from service.model.screenings import NOT_CHECKED, Policy, Screening, Signal
from service.screening.candidate import Candidate, Words
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.knowledge import Knowledge
from service.screening.screener import Screener

FACTS = Facts(honeypot=False, fill_seconds=10, has_form_token=True)


def names(screening: Screening) -> list[str]:
    return [signal.name for signal in screening.signals]


async def test_many_at_once_are_all_answered_off_the_loops_thread() -> None:
    threads = set()

    def look(candidate: Candidate, facts: Facts) -> Signal:
        threads.add(threading.current_thread())
        return Signal("look", 0.5, 1.0, candidate.text)

    screener = Screener([Filter("look", 1.0, "Looked.", look)], 5)
    texts = [f"comment {n}" for n in range(200)]
    found = await asyncio.gather(
        *(screener.screen(Words(text, "Sam", None), FACTS, Policy(), Knowledge(1)) for text in texts)
    )

    assert [screening.signals[0].sentence for screening in found] == texts
    assert threading.main_thread() not in threads


async def test_a_filter_that_hangs_costs_only_its_own_comment_a_label() -> None:
    stuck = threading.Event()

    def hang(candidate: Candidate, facts: Facts) -> None:
        if candidate.text == "hang":
            stuck.wait(10)

    screener = Screener([Filter("hang", 1.0, "Hung.", hang)], 0.3)
    texts = ["before", "before too", "hang", "after", "after too"]
    found = await asyncio.gather(
        *(screener.screen(Words(text, "Sam", None), FACTS, Policy(), Knowledge(1)) for text in texts[:3])
    )
    later = await asyncio.gather(
        *(screener.screen(Words(text, "Sam", None), FACTS, Policy(), Knowledge(1)) for text in texts[3:])
    )
    stuck.set()

    assert [names(screening) for screening in found] == [[], [], [NOT_CHECKED]]
    assert [names(screening) for screening in later] == [[], []]
