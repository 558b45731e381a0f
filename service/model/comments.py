"""A comment: a stored submission with a status."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from service.model.asking import Consent
from service.model.decisions import Decision, Reason
from service.model.leases import Lease
from service.model.likeness import Print
from service.model.screenings import Screening, Signal, Verdict


class Status(StrEnum):
    """Where a comment stands; the reason of the latest decision says why."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Order(StrEnum):
    """Which exchange of a thread comes first; within an exchange, the oldest comment always does."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class NewComment:
    """Everything that is written when a submission is accepted, in one statement.

    `facts` is JSON, `network` a keyed digest, `hosts` where its links lead, `printed` what later comments
    are compared with, `unseen` says that people will decide it without the bill, and `respond_within` how
    soon somebody should. `contact` is the sealed address, its digest and the id of the key, `same` what the
    same words of the same author are known by, and `proof` the nonce of a proof of work and when it runs out.
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
    respond_within: timedelta
    contact: tuple[bytes, bytes, int] | None
    idempotency_key: bytes | None
    fingerprint: bytes
    same: bytes | None = None
    proof: tuple[bytes, datetime] | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class PublishedComment:
    """What a reader may see of an approved comment: nothing that names its author but the name.

    One that was `removed` has neither name nor text; it is there for the replies below it.
    """

    id: UUID
    parent_id: UUID | None
    parent_name: str | None
    root_id: UUID
    name: str
    website: str | None
    text: str
    created_at: datetime
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """What a moderator sees. `version` grows by one with each decision.

    `due_at` is until when somebody should have decided, `assigned_to` the moderator it was passed to,
    `open_reports` counts readers' reports since somebody last looked, and `lease` is a running one. Its bill
    was made under the versions of the site's policy and terms that stand with it.
    """

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
    due_at: datetime
    assigned_to: str | None
    escalated_at: datetime | None
    edited_at: datetime | None
    appealed_at: datetime | None
    appeal: str | None
    open_reports: int
    gone_because: str | None
    policy_version: int
    terms_version: int
    lease: Lease | None
    signals: Sequence[Signal]
    decisions: Sequence[Decision]

    @property
    def is_gone(self) -> bool:
        """Whether it is a tombstone, with nothing left to decide."""
        return self.gone_because is not None

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
    open_reports: int = 0
    appealed: bool = False
    gone: bool = False


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
