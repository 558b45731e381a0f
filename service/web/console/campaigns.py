"""Campaigns: what waits together, one of them looked at closely, and a decision on all of it."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import CampaignNotFound
from service.ids import parse_id
from service.model.decisions import Action, Reason
from service.model.people import Scope
from service.model.rules import MAX_HOURS
from service.store import campaign_views, campaigns
from service.usecases.decide_many import CampaignAct, decide_campaign
from service.usecases.resending import Key
from service.web.api.batches import show_batch
from service.web.api.moderation import choice_of
from service.web.console.addresses import BATCHES, CAMPAIGNS
from service.web.console.frame import go_on, page
from service.web.console.notices import sites_of
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.view import card
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

_ONE: Final = f"{CAMPAIGNS}/{{site}}/{{campaign_id}}"
_MOST: Final = 50
HOURS: Final = (24, 72, MAX_HOURS)


class LeftOutQuery(In):
    """Which comments are left out, their ids joined by dots."""

    without: StrictStr | None = Field(None, max_length=800)


class CampaignForm(OwnForm):
    """A decision on a campaign. The key makes a form that is sent twice one act."""

    action: Literal["approve", "reject"] = "reject"
    reason: Reason | None = None
    last: StrictStr = Field(max_length=36)
    without: StrictStr | None = Field(None, max_length=800)
    hours: Annotated[int, Field(ge=1, le=MAX_HOURS)] | None = None
    key: StrictStr = Field(pattern=r"^[0-9a-f-]{36}$")


@endpoint("GET", CAMPAIGNS, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_campaigns(call: Call) -> Response:
    """Campaigns that wait, the most waiting first."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await sites_of(conn, call.principal)
        found = await campaigns.waiting(conn, [site.id for site in mine], _MOST)
    return page(call, "campaigns.html", campaigns=found, sites=mine)


@endpoint("GET", _ONE, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_campaign(call: Call, campaign_id: UUID, query: LeftOutQuery) -> Response:
    """One campaign, with what looks different first: that can be left out."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        view = await campaign_views.view(conn, site.id, campaign_id)
    if view is None:
        raise CampaignNotFound
    left_out = _ids(query.without)
    here = f"{CAMPAIGNS}/{site.slug}/{campaign_id}"
    return page(
        call,
        "campaign.html",
        view=view,
        outliers=[(card(each), _toggled(here, left_out, each.id)) for each in view.likenesses.outliers],
        typical=[card(each) for each in view.likenesses.typical],
        left_out=left_out,
        without=".".join(map(str, left_out)),
        here_path=here,
        hours=HOURS,
        key=call.request_id,
    )


@endpoint(
    "POST",
    f"{_ONE}/decisions",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def decide_campaign_by_form(call: Call, campaign_id: UUID, body: CampaignForm) -> Response:
    """Decide on what was counted on the page, and show what was done."""
    require_own_form(call, body.csrf)
    site = await call.own_site()
    choice = choice_of(Action(body.action), 1, body.reason, None)
    last = parse_id(body.last)
    if last is None:
        raise CampaignNotFound
    act = CampaignAct(choice, last, _ids(body.without), body.hours)
    key = Key(call.principal.name, body.key)
    batch = await decide_campaign(call.ctx, call.principal, site, campaign_id, act, key=key)
    show_batch(call, batch)
    if batch.remaining:
        return go_on(f"{CAMPAIGNS}/{site.slug}/{campaign_id}")
    return go_on(f"{BATCHES}/{batch.id}")


def _ids(joined: str | None) -> Sequence[UUID]:
    found = [parse_id(each) for each in (joined or "").split(".")]
    return [each for each in found if each]


def _toggled(here: str, left_out: Sequence[UUID], comment_id: UUID) -> str:
    """The address where this comment is left out, or taken in again."""
    kept = [each for each in left_out if each != comment_id]
    wanted = kept if comment_id in left_out else [*kept, comment_id]
    return f"{here}?without={'.'.join(map(str, wanted))}" if wanted else here
