"""Campaigns: those that wait, their comments, one decision on all of them, and its undoing."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import (
    BatchNotFound,
    CampaignNotFound,
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    SiteNotFound,
)
from service.model.campaigns import Batch
from service.model.decisions import Action, Choice
from service.model.people import Scope
from service.store import campaigns, comments, cursors
from service.usecases.decide_many import LATEST, decide_campaign, undo_batch
from service.web.endpoint import Call, endpoint
from service.web.wire import In
from service.web.wire_moderation import (
    BatchOut,
    CampaignDecisionIn,
    CampaignOut,
    CampaignsOut,
    CommentOut,
    QueueOut,
)


class CampaignsQuery(In):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50


class MembersQuery(CampaignsQuery):
    """Which part of a campaign."""

    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")


@endpoint("GET", "/v1/sites/{site}/campaigns", tag="moderation", needs=Scope.READ, problems=(SiteNotFound,))
async def read_campaigns(call: Call, query: CampaignsQuery) -> CampaignsOut:
    """Campaigns with pending comments, the most pending first; decided ones are counted in."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        found = await campaigns.waiting(conn, [site.id], query.limit)
    return CampaignsOut(campaigns=[CampaignOut.model_validate(campaign) for campaign in found])


@endpoint(
    "GET",
    "/v1/sites/{site}/campaigns/{campaign_id}",
    tag="moderation",
    needs=Scope.READ,
    problems=(SiteNotFound, CampaignNotFound, InvalidRequest),
)
async def read_campaign(call: Call, campaign_id: UUID, query: MembersQuery) -> QueueOut:
    """The comments of a campaign whatever their status, oldest first."""
    site = await call.own_site()
    after = cursors.decode(query.cursor, 1)
    start = after[0] if after else comments.FIRST
    async with call.ctx.db.read(moderation=True) as conn:
        found = await comments.campaign_page(conn, site.id, campaign_id, start, query.limit)
    if not found and after is None:
        raise CampaignNotFound
    more = cursors.encode(found[-1].id) if len(found) == query.limit else None
    return QueueOut(comments=[CommentOut.of(comment) for comment in found], next=more)


@endpoint(
    "POST",
    "/v1/sites/{site}/campaigns/{campaign_id}/decisions",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(SiteNotFound, CampaignNotFound, InvalidFields),
)
async def add_campaign_decision(call: Call, campaign_id: UUID, body: CampaignDecisionIn) -> BatchOut:
    """Approve or reject every comment of a campaign, also those that were decided otherwise before."""
    site = await call.own_site()
    action = Action(body.action)
    try:
        Choice(action, 1, body.reason, body.note)
    except FieldRefused as refusal:
        pointer = "/reason" if refusal.code.startswith("reason.") else "/note"
        raise InvalidFields([FieldError(pointer, refusal.code, refusal.detail)]) from None
    batch = await decide_campaign(
        call.ctx,
        call.principal,
        site,
        campaign_id,
        action,
        body.reason,
        body.note,
        last=body.last or LATEST,
    )
    return _shown(call, batch)


@endpoint(
    "POST",
    "/v1/batches/{batch_id}/undo",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(BatchNotFound,),
)
async def undo_decisions(call: Call, batch_id: UUID) -> BatchOut:
    """Undo one act on many comments; what somebody decided anew since is left as it is."""
    return _shown(call, await undo_batch(call.ctx, call.principal, batch_id))


def _shown(call: Call, batch: Batch) -> BatchOut:
    """The answer; readers of this process see what changed at once."""
    for page_id in {outcome.page_id for outcome in batch.outcomes if outcome.changed}:
        call.state.threads.drop(batch.site_id, page_id)
    return BatchOut.model_validate(batch)
