"""What selections look like: a query, what it found, and how far a decision on it has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, StrictStr

from service.model.comments import Status
from service.model.decisions import MAX_NOTE, Reason
from service.model.selections import Progress, Selection
from service.web.wire.base import In, Out
from service.web.wire.batches import ItemOut, StatusOut
from service.web.wire.moderation import CommentOut
from service.web.wire.queue import FiltersIn


class SelectionIn(In):
    """What to freeze: everything under these filters. Their order does not matter."""

    query: FiltersIn


class SelectionOut(Out):
    """What was found. Look at the samples, then decide on all of it."""

    id: UUID
    size: int
    by_status: Mapping[StatusOut, int]
    samples: list[CommentOut]
    expires_at: datetime

    @classmethod
    def of(cls, found: Selection) -> "SelectionOut":
        """A selection as its maker sees it."""
        return cls(
            id=found.id,
            size=found.size,
            by_status={status.value: found.by_status.get(status, 0) for status in Status},
            samples=[CommentOut.of(comment) for comment in found.samples],
            expires_at=found.expires_at,
        )


class SelectionDecisionIn(In):
    """What is decided on all of a selection."""

    action: Literal["approve", "reject"]
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)


class ProgressOut(Out):
    """How far the decision has come: send it again until nothing remains. The id undoes it as a batch."""

    id: UUID
    size: int
    decided: int
    passed: int = Field(description="Somebody was quicker, or they are gone: left as they are.")
    remaining: int
    expires_at: datetime
    late: list[ItemOut] = Field(description="Up to 100 of those that were passed over just now.")

    @classmethod
    def of(cls, found: Progress, late: list[ItemOut]) -> "ProgressOut":
        """Progress with what became of some."""
        return cls(
            id=found.id,
            size=found.size,
            decided=found.decided,
            passed=found.passed,
            remaining=found.remaining,
            expires_at=found.expires_at,
            late=late,
        )
