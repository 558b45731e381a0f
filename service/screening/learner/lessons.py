"""A lesson: what one decision of a person teaches."""

from dataclasses import dataclass
from uuid import UUID

from service.screening.learner.features import Features


@dataclass(frozen=True, slots=True)
class Lesson:
    """A decided comment: whether people called it spam, and what can be read in it."""

    id: UUID
    is_spam: bool
    features: Features
