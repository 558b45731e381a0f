"""Screening's words: a signal is what one filter found, a screening is the bill of all of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from service.errors import FieldRefused

MAX_SEVERITY: Final = 3
NOT_CHECKED: Final = "not_checked"
LEARNED: Final = "learned"
_ABOUT_LINKS: Final = frozenset({"links", "website", "spelt_out"})
MAX_WEIGHT: Final = 100.0
MAX_SCORE: Final = 1_000.0


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
    def kind(self) -> Literal["words", "links", "model"]:
        """What its spans lie over: words by somebody's list or rule, links, or what the learner went by."""
        if self.name == LEARNED:
            return "model"
        return "links" if self.name in _ABOUT_LINKS else "words"

    @property
    def points(self) -> float:
        """The line of the bill: weight times strength."""
        return self.weight * self.strength


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's say in screening: weights by filter name, and scores from which advice changes.

    A comment of at most `approve_at` points that holds no foul word is fit to approve; from `spam_at` on
    it looks like spam; from `reject_at` on the advice is to reject it.

    `automatic` is the advice that is carried out without a person. It needs a precision of at least
    `target_precision`, measured on people's decisions; `unseen_share` of what could be decided so goes
    to people all the same, without the bill, so that there is something to measure.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    approve_at: float = 0.0
    spam_at: float = 3.0
    reject_at: float = 6.0
    automatic: frozenset[Verdict] = frozenset()
    target_precision: float = 0.98
    unseen_share: float = 0.1
    version: int = 1

    def __post_init__(self) -> None:
        for name, weight in self.weights.items():
            if not (math.isfinite(weight) and abs(weight) <= MAX_WEIGHT):
                raise FieldRefused("weights.range", f"The weight of {name} is a number from -100 to 100.")
        if not self.approve_at < self.spam_at <= self.reject_at <= MAX_SCORE:
            raise FieldRefused(
                "policy.order",
                "approve_at is less than spam_at, and spam_at at most reject_at (up to 1,000).",
            )
        if Verdict.HOLD in self.automatic:
            raise FieldRefused("automatic.hold", "Only approve and reject can be automatic.")
        if not 0.5 <= self.target_precision <= 0.999:
            raise FieldRefused("target_precision.range", "A target precision is a number from 0.5 to 0.999.")
        if not 0.01 <= self.unseen_share <= 1:
            raise FieldRefused("unseen_share.range", "The unseen share is a number from 0.01 to 1.")


@dataclass(frozen=True, slots=True)
class Screening:
    """One run of all filters: signals, the sum of those about spam, the worst word, and the advice.

    `learned` is the learner's probability of spam, None while it is silent.
    """

    signals: Sequence[Signal]
    score: float
    severity: int
    verdict: Verdict
    learned: float | None = None

    @property
    def is_checked(self) -> bool:
        """Whether every filter could run."""
        return all(signal.name != NOT_CHECKED for signal in self.signals)
