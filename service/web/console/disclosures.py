"""Opening an author's address: a page that asks why, and one that shows it once."""

from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import CommentNotFound, ServiceError
from service.ids import parse_id
from service.model.people import Scope
from service.store import comments, sites
from service.usecases.disclose import MAX_REASON, disclose
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint

_PATH = "/console/comments/{comment_id}/disclosure"


class DisclosureForm(OwnForm):
    """Why."""

    reason: StrictStr = Field("", max_length=MAX_REASON)


async def draw_disclosure(call: Call, error: ServiceError | None = None) -> Response:
    """Whose address it is, and the form that asks why."""
    comment_id = parse_id(call.request.path_params["comment_id"])
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, call.principal.within(Scope.DISCLOSE))
        comment = await comments.get(conn, site_ids, comment_id) if comment_id else None
    if comment is None:
        raise CommentNotFound
    reason = str(call.given.get("reason") or "")[:MAX_REASON]
    return page(
        call,
        "disclosure.html",
        status=status_of(error),
        comment=comment,
        reason=reason,
        wrong=wrongs(error),
    )


@endpoint("GET", _PATH, tag="console", needs=Scope.DISCLOSE, media=HTML, error_page=failure_page)
async def ask_disclosure(call: Call, comment_id: UUID) -> Response:
    """Ask why the address should be opened. Nothing is opened yet."""
    return await draw_disclosure(call)


@endpoint(
    "POST",
    _PATH,
    tag="console",
    needs=Scope.DISCLOSE,
    form=True,
    media=HTML,
    error_page=again(draw_disclosure),
)
async def disclose_by_form(call: Call, comment_id: UUID, body: DisclosureForm) -> Response:
    """Open the address and show it, this once."""
    require_own_form(call, body.csrf)
    address = await disclose(call.ctx, call.principal, comment_id, body.reason)
    return page(call, "disclosed.html", comment_id=comment_id, email=address)
