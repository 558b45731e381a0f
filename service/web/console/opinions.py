"""On the page of a comment: notes, passing it to a colleague, asking an admin."""

from typing import Final, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.model.opinions import MAX_NOTE
from service.model.people import Scope
from service.usecases.second_opinion import add_note, escalate, pass_on
from service.web.console.addresses import comment_page
from service.web.console.frame import go_on
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint

_COMMENT: Final = "/console/comments/{comment_id}"


class NoteForm(OwnForm):
    """A note for the others."""

    text: StrictStr = Field("", max_length=2 * MAX_NOTE)


class PassForm(OwnForm):
    """Whom the comment is to wait for."""

    to: StrictStr | None = Field(None, max_length=64)


class EscalationForm(OwnForm):
    """Whether it is to wait for an admin."""

    escalated: Literal["yes", "no"] = "yes"


@endpoint(
    "POST",
    f"{_COMMENT}/notes",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def add_note_by_form(call: Call, comment_id: UUID, body: NoteForm) -> Response:
    """Tell the others something about a comment."""
    require_own_form(call, body.csrf)
    await add_note(call.ctx, call.principal, comment_id, body.text)
    return go_on(f"{comment_page(comment_id)}#notes")


@endpoint(
    "POST",
    f"{_COMMENT}/pass",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def pass_by_form(call: Call, comment_id: UUID, body: PassForm) -> Response:
    """Let a comment wait for a colleague, or for anybody again."""
    require_own_form(call, body.csrf)
    await pass_on(call.ctx, call.principal, comment_id, body.to)
    return go_on(f"{comment_page(comment_id)}#notes")


@endpoint(
    "POST",
    f"{_COMMENT}/escalation",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def escalate_by_form(call: Call, comment_id: UUID, body: EscalationForm) -> Response:
    """Let a comment wait for an admin, or no longer."""
    require_own_form(call, body.csrf)
    await escalate(call.ctx, call.principal, comment_id, to_admins=body.escalated == "yes")
    return go_on(f"{comment_page(comment_id)}#notes")
