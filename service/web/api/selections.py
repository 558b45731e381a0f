"""Selections: what a query finds, frozen, and one decision on all of it."""

from uuid import UUID

from service.errors import (
    CommentNotFound,
    Conflict,
    FieldError,
    FieldRefused,
    InvalidFields,
    SelectionNotFound,
    SiteNotFound,
)
from service.model.decisions import Action
from service.model.people import Scope
from service.model.selections import Selection
from service.store import selections
from service.usecases.decide_selection import decide_selection
from service.usecases.select import select
from service.web.api.batches import item_out, show_outcomes
from service.web.api.moderation import choice_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.queue import FiltersIn
from service.web.wire.selections import ProgressOut, SelectionDecisionIn, SelectionIn, SelectionOut


@endpoint(
    "POST",
    "/v1/selections",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(InvalidFields, SiteNotFound, CommentNotFound),
)
async def add_selection(call: Call, body: SelectionIn) -> SelectionOut:
    """Freeze what a query finds, up to 100,000 comments, for an hour; nobody else sees it."""
    return SelectionOut.of(await freeze(call, body.query))


async def freeze(call: Call, query: FiltersIn) -> Selection:
    """What the caller sees under these filters, frozen; raises what the declaration lists."""
    filters = query.filters(call.principal.name)
    said = {name: str(getattr(query, name)) for name in sorted(query.model_fields_set)}
    try:
        return await select(call.ctx, call.principal, filters, said)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/query/text", refusal.code, refusal.detail)]) from None


@endpoint(
    "GET",
    "/v1/selections/{selection_id}",
    tag="moderation",
    needs=Scope.MODERATE,
    problems=(SelectionNotFound,),
)
async def read_selection(call: Call, selection_id: UUID) -> ProgressOut:
    """How far the decision on a selection of the caller's has come."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await selections.progress(conn, selection_id, call.principal.name)
    if found is None:
        raise SelectionNotFound
    return ProgressOut.of(found, [])


@endpoint(
    "POST",
    "/v1/selections/{selection_id}/decisions",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(SelectionNotFound, Conflict, InvalidFields),
)
async def add_selection_decision(call: Call, selection_id: UUID, body: SelectionDecisionIn) -> ProgressOut:
    """Decide on the members that still have the version that was found, up to 5,000 in one request."""
    choice = choice_of(Action(body.action), 1, body.reason, body.note)
    found, outcomes = await decide_selection(call.ctx, call.principal, selection_id, choice)
    show_outcomes(call, outcomes)
    return ProgressOut.of(found, [item_out(call, answer) for answer in found.late])
