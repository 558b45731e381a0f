"""A comment: a stored submission with a status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.model.decisions import Decision
from service.model.screenings import Signal, Verdict


class Status(StrEnum):
    """Where a comment stands; the reason of the latest decision says why."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class NewComment:
    """Everything that is written when a submission is accepted, in one statement."""

    id: UUID
    site_id: int
    page_id: UUID
    page_url: str
    page_title: str | None
    parent_id: UUID | None
    root_id: UUID
    depth: int
    name: str
    website: str | None
    text: str
    score: float
    verdict: Verdict
    signals: Sequence[Signal]
    sealed: bytes
    digest: bytes
    key_id: int
    idempotency_key: bytes | None
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """What a reader may see of an approved comment: nothing that names its author but the name."""

    id: UUID
    parent_id: UUID | None
    parent_name: str | None
    root_id: UUID
    name: str
    website: str | None
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """What a moderator sees. `version` grows by one with each decision."""

    id: UUID
    site_id: int
    site: str
    page_id: UUID
    page_url: str
    page_title: str | None
    parent_id: UUID | None
    name: str
    website: str | None
    text: str
    status: Status
    version: int
    score: float
    verdict: Verdict
    created_at: datetime
    signals: Sequence[Signal]
    decisions: Sequence[Decision]


@dataclass(frozen=True, slots=True)
class LockedComment:
    """A comment's row, held for the length of a transaction."""

    id: UUID
    site_id: int
    page_id: UUID
    status: Status
    version: int


@dataclass(frozen=True, slots=True)
class Parent:
    """What a reply needs to know of the comment above it."""

    id: UUID
    root_id: UUID
    depth: int
