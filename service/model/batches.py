"""A batch: what one act did to many comments, known by an id that undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.errors import ServiceError
from service.model.comments import Status
from service.model.decisions import Choice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one act on many comments did to one of them. `changed` is False where nothing was to be done."""

    site_id: int
    comment_id: UUID
    page_id: UUID
    before: Status
    after: Status
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """One act on many comments, and what it did to each so far; `remaining` are still to be done."""

    id: UUID
    outcomes: Sequence[Outcome]
    remaining: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Who decided how many comments in one act, what became of them, and how many stand as it left them."""

    id: UUID
    by: str
    at: datetime
    decided: int
    approved: int
    rejected: int
    pending: int
    standing: int


@dataclass(frozen=True, slots=True)
class Item:
    """One comment of an act on many, and what is wanted of it."""

    comment_id: UUID
    choice: Choice


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an item: an outcome, or why there is none."""

    item: Item
    outcome: Outcome | None = None
    problem: ServiceError | None = None
