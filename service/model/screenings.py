"""Screening's words: a signal is what one filter found, a screening is the bill of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MAX_SEVERITY: Final = 3


class Verdict(StrEnum):
    """Screening's advice; people decide."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


class Axis(StrEnum):
    """What a signal speaks about. The two are never added up: foul words do not make a text spam."""

    SPAM = "spam"
    PROFANITY = "profanity"


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a field of the submission, in code points, end exclusive."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What one filter found.

    `strength` is −1…1 (good evidence is negative), `weight` the points that one unit is worth, and
    `sentence` what a moderator reads. `evidence` is short quotes; it never holds an e-mail address.
    `severity` is 0 on the spam axis, 1 (rude) to 3 (slur) on the profanity axis.
    """

    name: str
    strength: float
    weight: float
    sentence: str
    spans: Sequence[Span] = ()
    evidence: Sequence[str] = ()
    axis: Axis = Axis.SPAM
    severity: int = 0

    @property
    def points(self) -> float:
        """The line of the bill: weight times strength."""
        return self.weight * self.strength


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's say in screening: weights by filter name, and scores from which advice changes.

    A comment of at most `approve_at` points that holds no foul word is fit to approve; from `spam_at` on
    it looks like spam; from `reject_at` on the advice is to reject it.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    approve_at: float = 0.0
    spam_at: float = 3.0
    reject_at: float = 6.0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Screening:
    """One run of all filters: signals, the sum of those about spam, the worst word, and the advice."""

    signals: Sequence[Signal]
    score: float
    severity: int
    verdict: Verdict
