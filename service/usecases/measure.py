"""What a site's metrics are over a range of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from service.context import Context
from service.model.metrics import FilterRecord, Span, summed
from service.store import hours

MOST_DECIDED: Final = 5_000


class Range(StrEnum):
    """How far back: hour by hour for a day and a week, day by day for longer."""

    DAY = "24h"
    WEEK = "7d"
    QUARTER = "90d"
    YEAR = "365d"


_LENGTHS: Final = {
    Range.DAY: timedelta(hours=24),
    Range.WEEK: timedelta(days=7),
    Range.QUARTER: timedelta(days=90),
    Range.YEAR: timedelta(days=365),
}
_BY_DAY: Final = frozenset({Range.QUARTER, Range.YEAR})


@dataclass(frozen=True, slots=True)
class Measures:
    """The spans of a range, oldest first and without gaps, the whole of it, and the range before."""

    spans: Sequence[Span]
    total: Span
    before: Span
    filters: Sequence[FilterRecord]


async def measure(ctx: Context, site_id: int, length: Range) -> Measures:
    """Everything that the metrics of a site show; at most 365 spans."""
    step = timedelta(days=1) if length in _BY_DAY else timedelta(hours=1)
    until = _floor(ctx.clock(), step) + step
    since = until - _LENGTHS[length]
    async with ctx.db.read(moderation=True) as conn:
        before = await hours.between(conn, site_id, since - _LENGTHS[length], since)
        found = await hours.between(conn, site_id, since, until)
        spoken = await hours.filters(conn, site_id, MOST_DECIDED)
    held = {begin: list(spans) for begin, spans in groupby(found, lambda span: _floor(span.begins_at, step))}
    begins = [since + step * place for place in range(int(_LENGTHS[length] / step))]
    return Measures(
        spans=[summed(begin, held.get(begin, [])) for begin in begins],
        total=summed(since, found),
        before=summed(since - _LENGTHS[length], before),
        filters=spoken,
    )


def _floor(at: datetime, step: timedelta) -> datetime:
    """The hour or the day (UTC) that a time lies in."""
    return at.replace(minute=0, second=0, microsecond=0, hour=at.hour if step < timedelta(days=1) else 0)
