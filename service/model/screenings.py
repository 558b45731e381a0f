"""Screening's words: a signal is what one filter found, a screening is the bill of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """Screening's advice; people decide."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


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
    """

    name: str
    strength: float
    weight: float
    sentence: str
    spans: Sequence[Span] = ()
    evidence: Sequence[str] = ()

    @property
    def points(self) -> float:
        """The line of the bill: weight times strength."""
        return self.weight * self.strength


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's say in screening: weights by filter name, and the score from which to advise a rejection."""

    weights: Mapping[str, float] = field(default_factory=dict)
    reject_at: float = 6.0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Screening:
    """One run of all filters: signals, their sum, and the advice."""

    signals: Sequence[Signal]
    score: float
    verdict: Verdict
