"""Opening one e-mail address: a right of its own, audited each time."""

from uuid import UUID

from service.errors import CommentNotFound, Conflict, InvalidFields, NotFound, RateLimited
from service.model.people import Scope
from service.usecases.disclose import disclose
from service.web.http.endpoint import Call, endpoint
from service.web.wire.people import DisclosureIn, DisclosureOut


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/disclosures",
    tag="people",
    needs=Scope.DISCLOSE,
    status=201,
    problems=(CommentNotFound, NotFound, InvalidFields, RateLimited, Conflict),
)
async def add_disclosure(call: Call, comment_id: UUID, body: DisclosureIn) -> DisclosureOut:
    """The address of a comment's author. Who asked, and the reason, are in the audit trail."""
    address = await disclose(call.ctx, call.principal, comment_id, body.reason)
    return DisclosureOut(email=address)
