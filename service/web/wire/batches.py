"""What acts on many comments look like: items, outcomes, batches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StrictInt, StrictStr

from service.model.decisions import MAX_NOTE, Action, Reason
from service.model.rules import MAX_HOURS
from service.web.wire.base import In, Out

MAX_ITEMS: Final = 1_000
StatusOut: TypeAlias = Literal["pending", "approved", "rejected"]


class ItemIn(In):
    """One comment at the version that was seen; what it leaves out, the request says for all."""

    comment_id: UUID
    version: StrictInt = Field(ge=1, le=2**31 - 1)
    action: Action | None = None
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)
    key: StrictStr | None = Field(
        None,
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="The Idempotency-Key that this decision would have alone. Where each item has one, they "
        "are no batch: each is a decision of its own.",
    )


class ItemsIn(In):
    """Decisions on many comments. The action, reason and note are for the items that say none."""

    items: list[ItemIn] = Field(min_length=1, max_length=MAX_ITEMS)
    action: Action | None = None
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)


class ItemOut(Out):
    """What became of one item, as if it had been sent alone."""

    comment_id: UUID
    status: int = Field(description="201 decided, 404 unknown, 409 decided by somebody else, …")
    code: str | None = Field(description="The problem's code; null where it was decided.")
    detail: str | None
    current: Mapping[str, object] | None = Field(description="Of 409: who decided what.")
    before: StatusOut | None
    after: StatusOut | None
    version: int | None


class ItemsOut(Out):
    """An answer for each item, in their order. The batch's id undoes what was decided; there may be none."""

    batch_id: UUID | None
    decided: int
    outcomes: list[ItemOut]


class CampaignDecisionIn(In):
    """What a moderator decides on a whole campaign."""

    action: Literal["approve", "reject"]
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)
    last: UUID | None = Field(None, description="The latest comment seen: what came after it is left alone.")
    left_out: list[UUID] = Field(
        default_factory=list, max_length=MAX_ITEMS, description="Comments that are left as they are."
    )
    future_hours: StrictInt | None = Field(
        None, ge=1, le=MAX_HOURS, description="So long, what joins the campaign is decided the same way."
    )


class OutcomeOut(Out):
    """What one act on many comments did to one of them."""

    comment_id: UUID
    before: StatusOut
    after: StatusOut
    version: int
    changed: bool


class BatchOut(Out):
    """One act on many comments; its id undoes it."""

    id: UUID
    outcomes: list[OutcomeOut]
    remaining: int = Field(description="Still to be done: send the same request again, with the same key.")


class SummaryOut(Out):
    """Who decided how many comments in one act, what became of them, and how many stand as it left them."""

    id: UUID
    by: str
    at: datetime
    decided: int
    approved: int
    rejected: int
    pending: int
    standing: int
