"""Notes, passing on, escalations, and blind reviews with how far people agree."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictStr

from service.model.decisions import Reason
from service.model.opinions import MAX_NOTE, Agreement
from service.web.wire.base import In, Out


class NoteIn(In):
    """What to tell the others."""

    text: StrictStr = Field(min_length=1, max_length=MAX_NOTE)


class NoteOut(Out):
    """What a moderator told the others about a comment."""

    id: UUID
    text: str
    by: str
    at: datetime


class NotesOut(Out):
    """Everything that was told about a comment, oldest first."""

    notes: list[NoteOut]


class PassingIn(In):
    """Whom a comment is to wait for: without a name, for anybody again."""

    to: StrictStr | None = Field(None, max_length=64)
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)


class EscalationIn(In):
    """Whether a comment is to wait for an admin."""

    escalated: StrictBool = True
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)


class ConcernOut(Out):
    """Whom a comment waits for."""

    assigned_to: str | None
    escalated_at: datetime | None


class ReviewOut(Out):
    """A comment to decide again, without its bill, the decision, and who made it."""

    id: UUID
    site: str
    page_url: str
    page_title: str | None
    name: str
    website: str | None
    text: str
    replies_to: str | None = Field(description="What the comment above it says.")
    created_at: datetime


class ReviewsOut(Out):
    """What waits for the caller's second opinion, the longest waiting first."""

    reviews: list[ReviewOut]


class OpinionIn(In):
    """What the caller would have decided."""

    action: Literal["approve", "reject"]
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=900)


class OpinionOut(Out):
    """What was decided before, told once the second opinion is given."""

    comment_id: UUID
    agrees: bool
    decided_by: str
    action: Literal["approve", "reject"]
    reason: Reason | None


class AgreementOut(Out):
    """How far two opinions agree."""

    name: str = Field(description="A reason or `approve`; a moderator; or `all`.")
    judged: int
    agreed: int
    share: float | None
    kappa: float | None = Field(
        description="Agreement beyond chance (Cohen); null where chance always agrees."
    )

    @classmethod
    def of(cls, name: str, found: Agreement) -> "AgreementOut":
        """The same with a name."""
        kappa = None if found.kappa is None else round(found.kappa, 4)
        share = None if found.share is None else round(found.share, 4)
        return cls(name=name, judged=found.judged, agreed=found.agreed, share=share, kappa=kappa)


class AgreementsOut(Out):
    """How far people agree: in all, on each opinion, and with each moderator."""

    days: int
    all: AgreementOut
    opinions: list[AgreementOut] = Field(description="Of what either of the two judged so.")
    moderators: list[AgreementOut] = Field(description="Of what each decided first.")
