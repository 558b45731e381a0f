"""A comment: a stored submission with a status."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.model.decisions import Decision, Reason
from service.model.likeness import Print
from service.model.screenings import Screening, Signal, Verdict


class Status(StrEnum):
    """Where a comment stands; the reason of the latest decision says why."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class NewComment:
    """Everything that is written when a submission is accepted, in one statement.

    `facts` is JSON, `network` a keyed digest, `hosts` where its links lead, `printed` what later comments
    are compared with, and `unseen` says that people will decide it without the bill.
    """

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
    screening: Screening
    facts: str
    policy_version: int
    terms_version: int
    network: bytes
    hosts: Sequence[str]
    campaign_id: UUID | None
    printed: Print | None
    unseen: bool
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
    severity: int
    verdict: Verdict
    created_at: datetime
    unseen: bool
    campaign_id: UUID | None
    signals: Sequence[Signal]
    decisions: Sequence[Decision]

    @property
    def is_blind(self) -> bool:
        """Whether people decide it without the bill, and have not done so yet."""
        return self.unseen and self.status is Status.PENDING

    def as_seen(self) -> "Comment":
        """What a moderator is shown: a blind comment has no bill, so that its advice sways nobody."""
        if not self.is_blind:
            return self
        return replace(self, signals=(), score=0.0, severity=0, verdict=Verdict.HOLD, campaign_id=None)


@dataclass(frozen=True, slots=True)
class LockedComment:
    """A comment's row, held for the length of a transaction."""

    id: UUID
    site_id: int
    page_id: UUID
    status: Status
    version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What decisions made of a comment: its status, why it was rejected, and whether the policy decided."""

    status: Status
    reason: Reason | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """What a reply needs to know of the comment above it."""

    id: UUID
    root_id: UUID
    depth: int
