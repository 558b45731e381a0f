"""Standing rules: decisions that hold for a while for comments to come."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import (
    BatchNotFound,
    CommentNotFound,
    Conflict,
    InvalidFields,
    RuleNotFound,
    SiteNotFound,
)
from service.model.decisions import Action
from service.model.people import Scope
from service.store import rules
from service.usecases.end_rule import end_rule
from service.usecases.make_rule import NewRule, make_rule
from service.web.api.moderation import choice_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.rules import RuleIn, RuleOut, RulesOut


class RulesQuery(In):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100


@endpoint("GET", "/v1/sites/{site}/rules", tag="moderation", needs=Scope.READ, problems=(SiteNotFound,))
async def read_rules(call: Call, query: RulesQuery) -> RulesOut:
    """The rules that stand, then the latest of those that stood."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        found = await rules.page(conn, [site.id], query.limit)
    return RulesOut(rules=[RuleOut.of(record) for record in found])


@endpoint(
    "POST",
    "/v1/sites/{site}/rules",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(SiteNotFound, CommentNotFound, BatchNotFound, Conflict, InvalidFields),
)
async def add_rule(call: Call, body: RuleIn) -> RuleOut:
    """Let a decision hold for comments to come, for up to a week."""
    site = await call.own_site()
    choice_of(Action(body.action), 1, body.reason, None)
    wanted = NewRule(
        kind=body.kind,
        action=Action(body.action),
        reason=body.reason,
        hours=body.hours,
        value=body.value,
        like=body.like,
        batch_id=body.batch_id,
    )
    return RuleOut.of(await make_rule(call.ctx, call.principal, site, wanted))


@endpoint(
    "POST",
    "/v1/sites/{site}/rules/{rule_id}/end",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(SiteNotFound, RuleNotFound),
)
async def end_standing_rule(call: Call, rule_id: UUID) -> RuleOut:
    """End a rule before its time; what it decided stays, and `POST /v1/batches/{rule_id}/undo` undoes it."""
    site = await call.own_site()
    return RuleOut.of(await end_rule(call.ctx, call.principal, site, rule_id))
