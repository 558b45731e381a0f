"""A flood: many more comments than the site knows at this hour. What is measured, and what follows from it.

Times between two looks do not matter to the rules, so they can be tried on simulated traffic.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

WINDOW: Final = timedelta(minutes=10)
# So long it must stay quiet before a flood is over, at less than this share of what began it.
CALM: Final = timedelta(minutes=15)
CALM_SHARE: Final = 0.5
# How far from the usual, in robust standard deviations, and at least so many times as much (ADR 26).
DEVIATIONS: Final = 6.0
TIMES: Final = 4.0
# A site that is younger than this has no usual yet.
KNOWN_DAYS: Final = 7
BASELINE_DAYS: Final = 28
LONGEST: Final = timedelta(days=7)
_MAD_TO_SIGMA: Final = 1.4826
_WINDOWS_AN_HOUR: Final = timedelta(hours=1) / WINDOW


@dataclass(frozen=True, slots=True)
class Measured:
    """Comments and requests for a proof of ten minutes, what is usual, and above what it is a flood."""

    pressure: int = 0
    usual: float = 0.0
    threshold: float = 0.0

    @property
    def is_flood(self) -> bool:
        """Whether this begins a flood."""
        return self.pressure > self.threshold

    @property
    def is_calm(self) -> bool:
        """Whether this, for a while, ends one."""
        return self.pressure <= CALM_SHARE * self.threshold


@dataclass(frozen=True, slots=True)
class Flood:
    """Where a site stands. `tripped` goes by what is measured, `wanted` is a person's word for a while.

    `told` is what people were told last.
    """

    tripped: bool = False
    calm_since: datetime | None = None
    measured: Measured = Measured()
    wanted: bool | None = None
    wanted_by: str | None = None
    wanted_until: datetime | None = None
    told: bool = False
    told_at: datetime | None = None
    checked_at: datetime | None = None

    def is_by_hand(self, now: datetime) -> bool:
        """Whether somebody's word counts, and not what is measured."""
        return self.wanted_until is not None and now < self.wanted_until

    def is_on(self, now: datetime) -> bool:
        """Whether unknown senders are asked for a proof."""
        return bool(self.wanted) if self.is_by_hand(now) else self.tripped

    def after(self, measured: Measured, now: datetime) -> "Flood":
        """Where the site stands after another look."""
        if not self.tripped:
            return replace(self, tripped=measured.is_flood, calm_since=None, measured=measured)
        if not measured.is_calm:
            return replace(self, calm_since=None, measured=measured)
        since = self.calm_since or now
        over = now - since >= CALM
        return replace(self, tripped=not over, calm_since=None if over else since, measured=measured)


def measure(pressure: int, hours: Sequence[int], known_days: float, floor: int) -> Measured:
    """What `pressure` is beside the counts of the same `hours` of earlier days; `floor` is never a flood.

    A site known for less than a week is given twice the floor instead of a baseline.
    """
    if known_days < KNOWN_DAYS or not hours:
        return Measured(pressure, 0.0, 2.0 * floor)
    middle = median(hours)
    spread = _MAD_TO_SIGMA * median(abs(count - middle) for count in hours)
    usual = middle / _WINDOWS_AN_HOUR
    sigma = max(spread / math.sqrt(_WINDOWS_AN_HOUR), math.sqrt(usual), 1.0)
    return Measured(pressure, usual, max(float(floor), TIMES * usual, usual + DEVIATIONS * sigma))


def sentence(flood: Flood, now: datetime) -> str:
    """What is so, and why."""
    state = "Flooded" if flood.is_on(now) else "Calm"
    if flood.is_by_hand(now):
        return f"{state}: by hand."
    seen = flood.measured
    return (
        f"{state}: {seen.pressure:,} comments and requests in ten minutes; {seen.usual:,.1f} are usual at "
        f"this hour, and a flood begins above {seen.threshold:,.0f}."
    )
