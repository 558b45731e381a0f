"""Second opinions: notes, whom a comment waits for, and blind reviews with how far people agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters

MAX_NOTE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Note:
    """What a moderator tells the others about a comment."""

    id: UUID
    comment_id: UUID
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a comment waits for: one colleague, or an admin since `escalated_at`; None: anybody."""

    assigned_to: str | None
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A decided comment as somebody sees it who is to decide again: without the bill, and without by whom."""

    decision_id: UUID
    site: str
    page_url: str
    page_title: str | None
    name: str
    website: str | None
    text: str
    created_at: datetime
    replies_to: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """How often one moderator's first opinion met this second one. An opinion is `approve` or a reason."""

    decided_by: str
    first: str
    second: str
    count: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two opinions agree: of `judged`, so many were the same; kappa is agreement beyond chance.

    Kappa (Cohen, Educational and Psychological Measurement 20, 1960) is 1 for full agreement, 0 for what
    chance alone would give, and None where chance alone agrees always.
    """

    judged: int
    agreed: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """The part that agreed; None where nothing was judged."""
        return self.agreed / self.judged if self.judged else None


def parse_note(raw: str) -> str:
    """A note of 1 to 1,000 characters that can be seen."""
    text = raw.strip()
    if is_blank(text):
        raise FieldRefused("note.blank", "Write something.")
    if len(text) > MAX_NOTE:
        raise FieldRefused("note.too_long", f"A note may have {MAX_NOTE:,} characters.")
    refuse_control_characters(text, line_breaks=True)
    return text


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """How far people agree over all opinions at once."""
    return _agreement([(pair.first, pair.second, pair.count) for pair in pairs])


def agreement_on(pairs: Sequence[Pair], opinion: str) -> Agreement:
    """How far they agree whether a comment deserves this very opinion, where either of the two gave it.

    The counts are of comments that one of them judged so; kappa is over all, as it must be.
    """
    told = [(pair.first == opinion, pair.second == opinion, pair.count) for pair in pairs]
    either = sum(count for first, second, count in told if first or second)
    both = sum(count for first, second, count in told if first and second)
    return Agreement(either, both, _agreement(told).kappa)


def _agreement(told: Sequence[tuple[object, object, int]]) -> Agreement:
    judged = sum(count for _, _, count in told)
    agreed = sum(count for first, second, count in told if first == second)
    if not judged:
        return Agreement(0, 0, None)
    kinds = {first for first, _, _ in told} | {second for _, second, _ in told}
    by_chance = sum(
        sum(count for first, _, count in told if first == kind)
        * sum(count for _, second, count in told if second == kind)
        for kind in kinds
    )
    possible = judged * judged - by_chance
    kappa = (agreed * judged - by_chance) / possible if possible else None
    return Agreement(judged, agreed, kappa)
