"""A selection: what a query found at one moment, comment by comment at the version that it had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.model.batches import Answer
from service.model.comments import Comment, Status

MAX_SELECTED: Final = 100_000
SELECTION_LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Selection:
    """How many comments a query found, by status, some of them to look at, and until when it is kept."""

    id: UUID
    size: int
    by_status: Mapping[Status, int]
    samples: Sequence[Comment]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a decision on a selection has come. `late` tells of some that somebody decided since."""

    id: UUID
    size: int
    decided: int
    passed: int
    remaining: int
    expires_at: datetime
    late: Sequence[Answer] = ()
