"""Campaigns: those that wait, their comments, and one decision on all of them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import CampaignNotFound, Conflict, InvalidFields, InvalidRequest, SiteNotFound
from service.model.decisions import Action
from service.model.people import Scope
from service.store import campaign_views, campaigns, comments, cursors
from service.usecases.decide_many import LATEST, CampaignAct, decide_campaign
from service.web.api.batches import show_batch
from service.web.api.moderation import choice_of
from service.web.http.endpoint import Call, endpoint
from service.web.http.idempotency import HEADER, key_of
from service.web.wire.base import In
from service.web.wire.batches import BatchOut, CampaignDecisionIn
from service.web.wire.campaigns import CampaignOut, CampaignsOut, CampaignViewOut
from service.web.wire.moderation import CommentOut, QueueOut


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
    "GET",
    "/v1/sites/{site}/campaigns/{campaign_id}/view",
    tag="moderation",
    needs=Scope.READ,
    problems=(SiteNotFound, CampaignNotFound),
)
async def view_campaign(call: Call, campaign_id: UUID) -> CampaignViewOut:
    """A campaign before it is decided: how spread, how alike, where it leads, and what looks different."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        found = await campaign_views.view(conn, site.id, campaign_id)
    if found is None:
        raise CampaignNotFound
    return CampaignViewOut.of(found)


@endpoint(
    "POST",
    "/v1/sites/{site}/campaigns/{campaign_id}/decisions",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    headers=(HEADER,),
    problems=(SiteNotFound, CampaignNotFound, InvalidFields, InvalidRequest, Conflict),
)
async def add_campaign_decision(call: Call, campaign_id: UUID, body: CampaignDecisionIn) -> BatchOut:
    """Approve or reject every comment of a campaign, also those that were decided otherwise before."""
    site = await call.own_site()
    choice = choice_of(Action(body.action), 1, body.reason, body.note)
    act = CampaignAct(choice, body.last or LATEST, body.left_out, body.future_hours)
    batch = await decide_campaign(call.ctx, call.principal, site, campaign_id, act, key=key_of(call))
    return show_batch(call, batch)
