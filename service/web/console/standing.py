"""Standing rules: which hold, which held, what they decided, and a new one."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import ServiceError
from service.model.decisions import Action, Reason
from service.model.people import Scope
from service.model.rules import MAX_HOURS, MAX_VALUE, RuleKind
from service.store import rules
from service.usecases.end_rule import end_rule
from service.usecases.make_rule import NewRule, make_rule
from service.web.api.moderation import choice_of
from service.web.console.addresses import STANDING
from service.web.console.campaigns import HOURS
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.notices import sites_of
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.rules import RuleOut

_MOST: Final = 200


class RuleForm(OwnForm):
    """A rule about a host or about words; other kinds begin with a decision."""

    site: StrictStr = Field(max_length=63)
    kind: Literal["host", "text"]
    value: StrictStr = Field("", max_length=MAX_VALUE)
    outcome: Literal["approve", "spam", "abuse", "off_topic", "other"] = "spam"
    hours: Annotated[int, Field(ge=1, le=MAX_HOURS)] = 24


async def draw_standing(call: Call, error: ServiceError | None = None) -> Response:
    """The rules of the caller's sites, and the form for a new one."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await sites_of(conn, call.principal)
        found = await rules.page(conn, [site.id for site in mine], _MOST)
    return page(
        call,
        "standing.html",
        status=status_of(error),
        rules=[RuleOut.of(each) for each in found],
        sites=mine,
        hours=HOURS,
        given=call.given,
        wrong=wrongs(error),
    )


@endpoint("GET", STANDING, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_standing(call: Call) -> Response:
    """The rules that stand, then the latest of those that stood."""
    return await draw_standing(call)


@endpoint(
    "POST",
    STANDING,
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=again(draw_standing),
)
async def make_rule_by_form(call: Call, body: RuleForm) -> Response:
    """Let a decision hold for comments to come."""
    require_own_form(call, body.csrf)
    site = await call.site_of(body.site)
    reason = None if body.outcome == "approve" else Reason(body.outcome)
    action = Action.REJECT if reason else Action.APPROVE
    choice_of(action, 1, reason, None)
    wanted = NewRule(RuleKind(body.kind), action, reason, body.hours, body.value)
    await make_rule(call.ctx, call.principal, site, wanted)
    return go_on(STANDING)


@endpoint(
    "POST",
    f"{STANDING}/{{site}}/{{rule_id}}/end",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def end_rule_by_form(call: Call, rule_id: UUID, body: OwnForm) -> Response:
    """End a rule before its time."""
    require_own_form(call, body.csrf)
    await end_rule(call.ctx, call.principal, await call.own_site(), rule_id)
    return go_on(STANDING)
