"""A rehearsal: what other rules would have made of comments that people have decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from service.model.comments import Status
from service.model.decisions import Reason
from service.model.screenings import Policy, Verdict
from service.model.terms import TermsProposal

MAX_SAMPLES: Final = 10
MAX_EXCERPT: Final = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules to try: another policy (None: the present one), and terms to add or remove."""

    policy: Policy | None = None
    terms: TermsProposal = field(default_factory=TermsProposal)


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of the bill whose points are not what they were; 0 where there is no such line."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A comment whose advice would change: what people decided, and both bills in short."""

    comment_id: UUID
    excerpt: str
    status: Status
    reason: Reason | None
    before: Verdict
    after: Verdict
    score_before: float
    score_after: float
    lines: Sequence[ChangedLine]

    @property
    def is_contradiction(self) -> bool:
        """Whether the advice moved away from what people decided, as `contradicts` has it."""
        return contradicts(self.before, self.after, self.status)


@dataclass(slots=True)
class Move:
    """Comments whose advice would newly be this, how many of them people decided otherwise, and a few."""

    comments: int = 0
    contradicted: int = 0
    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        """Count one comment; contradictions are shown before others."""
        self.comments += 1
        self.contradicted += sample.is_contradiction
        self.samples.append(sample)
        if len(self.samples) > MAX_SAMPLES:
            others = (each for each in reversed(self.samples) if not each.is_contradiction)
            self.samples.remove(next(others, self.samples[-1]))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How often each advice was and would be given, and the moves to each by what is new about them."""

    examined: int
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    moves: Mapping[Verdict, Move]


def contradicts(before: Verdict, after: Verdict, status: Status) -> bool:
    """Approving what people rejected, and holding or rejecting what they approved.

    Not where what they approved is held instead of rejected: that comes nearer to what they decided.
    """
    if status is Status.REJECTED:
        return after is Verdict.APPROVE
    return after is Verdict.REJECT or (after is Verdict.HOLD and before is Verdict.APPROVE)
