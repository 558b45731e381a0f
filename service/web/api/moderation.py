"""The approval API: one comment, and decisions on it."""

from uuid import UUID

from service.errors import (
    AlreadyDecided,
    CommentNotFound,
    Conflict,
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    KeyReused,
)
from service.model.comments import Comment
from service.model.decisions import Action, Choice, Reason
from service.model.people import Scope
from service.store import comments, sites
from service.usecases.decide import decide
from service.usecases.resending import Key
from service.web.http.endpoint import Call, endpoint
from service.web.http.idempotency import HEADER, key_of
from service.web.wire.moderation import CommentOut, DecisionIn


@endpoint("GET", "/v1/comments/{comment_id}", tag="moderation", needs=Scope.READ, problems=(CommentNotFound,))
async def read_comment(call: Call, comment_id: UUID) -> CommentOut:
    """One comment, with its bill and every decision on it."""
    async with call.ctx.db.read(moderation=True) as conn:
        comment = await comments.get(conn, await sites.visible(conn, call.principal), comment_id)
    if comment is None:
        raise CommentNotFound
    return CommentOut.of(comment)


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/decisions",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    headers=(HEADER,),
    problems=(CommentNotFound, AlreadyDecided, Conflict, InvalidFields, InvalidRequest, KeyReused),
)
async def add_decision(call: Call, comment_id: UUID, body: DecisionIn) -> CommentOut:
    """Approve or reject a comment, or undo the latest decision; gives the comment as it is then."""
    choice = choice_of(body.action, body.version, body.reason, body.note)
    return CommentOut.of(await decide_and_show(call, comment_id, choice, key=key_of(call)))


def choice_of(action: Action, version: int, reason: Reason | None, note: str | None, at: str = "") -> Choice:
    """The choice in a body; `InvalidFields` below the pointer `at` where its parts do not fit."""
    try:
        return Choice(action, version, reason, note)
    except FieldRefused as refusal:
        pointer = "/reason" if refusal.code.startswith("reason.") else "/note"
        raise InvalidFields([FieldError(at + pointer, refusal.code, refusal.detail)]) from None


async def decide_and_show(call: Call, comment_id: UUID, choice: Choice, *, key: Key | None = None) -> Comment:
    """Decide, and let readers of this process see it at once."""
    comment = await decide(call.ctx, call.principal, comment_id, choice, key=key)
    call.state.threads.drop(comment.site_id, comment.page_id)
    return comment
