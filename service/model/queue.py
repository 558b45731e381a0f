"""The queue as somebody wants to see it: an order, and filters that a comment must pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters, refuse_invisible_characters
from service.model.comments import Comment, Status
from service.model.decisions import Reason


class Order(StrEnum):
    """In which order. Ties go by age."""

    OLDEST = "oldest"
    NEWEST = "newest"
    RISKIEST = "riskiest"
    SAFEST = "safest"
    DEADLINE = "deadline"


BY_AGE = frozenset({Order.OLDEST, Order.NEWEST})


@dataclass(frozen=True, slots=True)
class Word:
    """Something to look for: a word, by its beginning unless `exact`, or a phrase; `in_name` only there."""

    text: str
    exact: bool = False
    in_name: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What must hold of a comment; None means anything. `status` None is every status.

    `page` is a page's id, `reason` the name of a signal on the bill, `severity` the least. `author_of` and
    `network_of` are comments whose author or network it shares. `assigned_to` is a moderator's name, and
    "" nobody's. `available` leaves out what others hold, and what was appealed against who asks.
    """

    order: Order = Order.OLDEST
    status: Status | None = Status.PENDING
    site: str | None = None
    language: str | None = None
    page: UUID | None = None
    reason: str | None = None
    severity: int | None = None
    score_from: float | None = None
    score_to: float | None = None
    author_of: UUID | None = None
    network_of: UUID | None = None
    words: Sequence[Word] = ()
    assigned_to: str | None = None
    escalated: bool | None = None
    reported: bool | None = None
    edited: bool | None = None
    appealed: bool | None = None
    overdue: bool | None = None
    rejected_as: Reason | None = None
    decided_by: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    available: bool = False

    def __post_init__(self) -> None:
        if self.status is not Status.PENDING and self.order not in BY_AGE:
            raise FieldRefused(
                "order.pending",
                "Only pending comments can be ordered by score or deadline. Use oldest or newest.",
            )


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was looked for.

    `next` is the cursor of what follows, None at the end. `partial` says that the search stopped before
    it had a whole page, because it had looked at much; `next` goes on from there.
    """

    comments: Sequence[Comment]
    next: str | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many: exact up to 999, or "a thousand and more"."""

    count: int
    exact: bool


@dataclass(frozen=True, slots=True)
class View:
    """Filters under a name, as they were sent; where they say `me`, that is who looks."""

    name: str
    query: Mapping[str, object]
    saved_at: datetime


def parse_view_name(raw: str) -> str:
    """A view's name: 1 to 64 visible characters on one line."""
    name = raw.strip()
    if not 1 <= len(name) <= 64 or is_blank(name):
        raise FieldRefused("view.name", "A view's name is 1 to 64 characters.")
    refuse_control_characters(name, line_breaks=False)
    refuse_invisible_characters(name)
    return name
