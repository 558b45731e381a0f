"""A campaign: comments that say the same, or nearly so, known by the id of the first of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.model.comments import Status


@dataclass(frozen=True, slots=True)
class Campaign:
    """How many comments it has by status, on how many pages, and what its latest one says.

    `first_at` and `last_at` are when its first and its latest comment came; `last_id` is the latest one's
    id, so that a decision can leave alone what came after somebody looked.
    """

    id: UUID
    site: str
    pending: int
    approved: int
    rejected: int
    pages: int
    first_at: datetime
    last_at: datetime
    last_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one act on many comments did to one of them. `changed` is False where nothing was to be done."""

    comment_id: UUID
    page_id: UUID
    before: Status
    after: Status
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """One act on many comments of a site, and what it did to each; `id` undoes it."""

    id: UUID
    site_id: int
    outcomes: list[Outcome]
