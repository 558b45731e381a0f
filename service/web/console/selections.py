"""Everything that a search finds, frozen: looked at, and decided as one."""

from typing import Literal
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, InvalidFields, SelectionNotFound
from service.model.decisions import Action, Reason
from service.model.people import Scope
from service.model.querying import MAX_QUERY
from service.store import selections
from service.usecases.decide_selection import decide_selection
from service.web.api.batches import show_outcomes
from service.web.api.moderation import choice_of
from service.web.api.selections import freeze
from service.web.console.addresses import BATCHES, SELECTIONS
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.view import card
from service.web.http.endpoint import Call, endpoint
from service.web.http.fields import check
from service.web.wire.queue import FiltersIn


class SelectForm(OwnForm):
    """What to select: in one line, or all filters of a search, as its address has them."""

    q: StrictStr | None = Field(None, max_length=MAX_QUERY)
    query: StrictStr | None = Field(None, max_length=4_000)


class SelectionForm(OwnForm):
    """A decision on all of a selection."""

    action: Literal["approve", "reject"] = "reject"
    reason: Reason | None = None


@endpoint(
    "POST", SELECTIONS, tag="console", needs=Scope.MODERATE, form=True, media=HTML, error_page=failure_page
)
async def select_by_form(call: Call, body: SelectForm) -> Response:
    """Freeze what a search finds, and show it before anything is decided."""
    require_own_form(call, body.csrf)
    asked = dict(parse_qsl(body.query)) if body.query else {"q": body.q or ""}
    if not any(asked.values()):
        raise InvalidFields([FieldError("/q", "q.required", "Say what to select.")])
    found = await freeze(call, check(FiltersIn, asked))
    samples = [card(comment) for comment in found.samples]
    return page(
        call, "selection.html", selection=found, samples=samples, q=" ".join(asked.values()), progress=None
    )


@endpoint(
    "GET",
    f"{SELECTIONS}/{{selection_id}}",
    tag="console",
    needs=Scope.MODERATE,
    media=HTML,
    error_page=failure_page,
)
async def show_selection(call: Call, selection_id: UUID) -> Response:
    """How far the decision on a selection has come."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await selections.progress(conn, selection_id, call.principal.name)
    if found is None:
        raise SelectionNotFound
    return page(call, "selection.html", selection=found, samples=(), q=None, progress=found)


@endpoint(
    "POST",
    f"{SELECTIONS}/{{selection_id}}/decisions",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def decide_selection_by_form(call: Call, selection_id: UUID, body: SelectionForm) -> Response:
    """Decide on a part of the selection; where something remains, the page offers to go on."""
    require_own_form(call, body.csrf)
    choice = choice_of(Action(body.action), 1, body.reason, None)
    found, outcomes = await decide_selection(call.ctx, call.principal, selection_id, choice)
    show_outcomes(call, outcomes)
    if found.remaining or not found.decided:
        return go_on(f"{SELECTIONS}/{selection_id}")
    return go_on(f"{BATCHES}/{selection_id}?passed={found.passed}")
