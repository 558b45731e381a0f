"""Flood mode on simulated traffic: how often it begins for nothing, and how soon for a flood.

    python -m bench.floods

Days have a rhythm, hours a mood (log-normal), and some articles are news: for an hour or two many times more
comments come than usual. Floods come on top, at so many comments a minute. One JSON object for each size of
site.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.model.floods import BASELINE_DAYS, Flood, measure

DAYS: Final = 30
FLOOR: Final = 60
MOOD: Final = 0.5
NEWS_A_MONTH: Final = 6
NEWS_TIMES: Final = (3.0, 15.0)
NEWS_FADES: Final = 90.0
RUNS: Final = 8
FLOODS: Final = (30, 100, 400)
_START: Final = datetime(2026, 1, 5, tzinfo=UTC)
Minutes = NDArray[np.float64]


class Traffic:
    """Comments by minute: four weeks to know, and thirty days to watch."""

    def __init__(self, minutes: NDArray[np.int64]) -> None:
        self.totals = np.concatenate([[0], np.cumsum(minutes)])
        self.hours = minutes[: len(minutes) // 60 * 60].reshape(-1, 60).sum(axis=1)

    def hours_before(self, hour: int) -> list[int]:
        """The counts of this hour of the day and its neighbours in the four weeks before."""
        first = hour - BASELINE_DAYS * 24
        return [int(self.hours[at]) for at in range(first, hour) if (at - hour + 1) % 24 <= 2]


def usual(a_day: float, chance: np.random.Generator) -> Minutes:
    """How many comments to expect in each minute."""
    minutes = np.arange((BASELINE_DAYS + DAYS) * 1440)
    rhythm = 1 + 0.9 * np.sin(2 * math.pi * (minutes / 1440 - 0.3))
    mood = np.repeat(chance.lognormal(-(MOOD**2) / 2, MOOD, len(minutes) // 60), 60)
    found: Minutes = a_day / 1440 * rhythm * mood
    return found


def news(expected: Minutes, chance: np.random.Generator) -> Minutes:
    """The same with articles that everybody talks about, at any hour."""
    found = expected.copy()
    for _ in range(NEWS_A_MONTH * 2):
        at = int(chance.integers(0, len(found)))
        behind = np.arange(len(found) - at)
        times = chance.uniform(*NEWS_TIMES)
        found[at:] *= 1 + times * np.minimum(behind / 20, 1) * np.exp(-behind / NEWS_FADES)
    return found


def begins(traffic: Traffic, since: int = BASELINE_DAYS * 1440) -> Iterator[int]:
    """The minutes from `since` on in which a flood begins."""
    flood, hours, totals = Flood(), list[int](), traffic.totals
    for minute in range(since, len(totals) - 1):
        if minute % 60 == 0 or not hours:
            hours = traffic.hours_before(minute // 60)
            at_all = measure(0, hours, BASELINE_DAYS, FLOOR)
        seen = replace(at_all, pressure=int(totals[minute + 1] - totals[minute - 9]))
        after = flood.after(seen, _START + timedelta(minutes=minute))
        if after.tripped and not flood.tripped:
            yield minute
        flood = after


def delay(expected: Minutes, rate: int, chance: np.random.Generator) -> float:
    """Minutes from when a flood begins to when it is noticed; infinite where it is not within an hour."""
    at = int(chance.integers(BASELINE_DAYS * 1440, len(expected) - 120))
    flooded = expected[: at + 60].copy()
    flooded[at:] += rate
    found = begins(Traffic(chance.poisson(flooded)), at)
    return float(next(found, math.inf) - at + 1)


def main() -> None:
    """Print what was found."""
    for a_day in (50, 500, 5_000, 50_000):
        chance = np.random.default_rng(a_day)
        quiet = [usual(a_day, chance) for _ in range(RUNS)]
        trips = [len(list(begins(Traffic(chance.poisson(each))))) for each in quiet]
        busy = [len(list(begins(Traffic(chance.poisson(news(each, chance)))))) for each in quiet]
        delays = {rate: [delay(each, rate, chance) for each in quiet] for rate in FLOODS}
        told = {rate: [float(np.median(found)), max(found)] for rate, found in delays.items()}
        print(
            json.dumps(
                {
                    "comments_a_day": a_day,
                    "false_trips_a_month": round(float(np.mean(trips)), 2),
                    "with_news": round(float(np.mean(busy)), 2),
                    "minutes_to_trip_median_and_worst_at_comments_a_minute": told,
                }
            )
        )


if __name__ == "__main__":
    main()
