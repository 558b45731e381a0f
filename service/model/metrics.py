"""What an hour, or several, brought to a site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# Four bins to an octave, from 15 seconds to 60 days: a quantile is right to about a tenth.
FIRST_SECONDS: Final = 15.0
BINS: Final = 74


@dataclass(frozen=True, slots=True)
class Span:
    """What was counted between `begins_at` and the next span.

    `approved` and `rejected` are decisions of people, `spam` how many of the latter were for spam. `waits` is
    a histogram of how long comments had waited for their first decision by a person: bin k holds those up to
    `FIRST_SECONDS` x 2^(k/4). `pending` and `oldest_seconds` tell of the queue at the end, None where nobody
    looked.
    """

    begins_at: datetime
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    spam: int = 0
    approved_by_policy: int = 0
    rejected_by_policy: int = 0
    undone: int = 0
    waits: Sequence[int] = ()
    pending: int | None = None
    oldest_seconds: int | None = None

    def wait(self, share: float) -> float | None:
        """The seconds within which this share (0 to 1) of the first decisions were made; None without any."""
        total = sum(self.waits)
        if not total:
            return None
        seen = 0
        for place, count in enumerate(self.waits):
            if seen + count >= share * total:
                within = (share * total - seen) / count if count else 1.0
                return FIRST_SECONDS * 2 ** ((place - 1 + within) / 4)
            seen += count
        return FIRST_SECONDS * 2 ** ((len(self.waits) - 1) / 4)


@dataclass(frozen=True, slots=True)
class FilterRecord:
    """How often a filter spoke against comments that people decided, and what they decided then."""

    name: str
    comments: int
    rejected: int
    spam: int


def summed(begins_at: datetime, spans: Iterable[Span]) -> Span:
    """Several spans as one; of the queue the latest look counts."""
    held = list(spans)
    looked = [span for span in held if span.pending is not None]
    return Span(
        begins_at=begins_at,
        submitted=sum(span.submitted for span in held),
        approved=sum(span.approved for span in held),
        rejected=sum(span.rejected for span in held),
        spam=sum(span.spam for span in held),
        approved_by_policy=sum(span.approved_by_policy for span in held),
        rejected_by_policy=sum(span.rejected_by_policy for span in held),
        undone=sum(span.undone for span in held),
        waits=_added([span.waits for span in held]),
        pending=looked[-1].pending if looked else None,
        oldest_seconds=looked[-1].oldest_seconds if looked else None,
    )


def _added(histograms: Sequence[Sequence[int]]) -> Sequence[int]:
    length = max(map(len, histograms), default=0)
    return [sum(each[place] for each in histograms if place < len(each)) for place in range(length)]
