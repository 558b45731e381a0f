"""The approval API: the queue, one comment, and decisions."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import (
    AlreadyDecided,
    CommentNotFound,
    Conflict,
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    SiteNotFound,
)
from service.model.comments import Comment
from service.model.decisions import Choice
from service.model.people import Scope
from service.store import comments, cursors, sites
from service.usecases.decide import decide
from service.web.endpoint import Call, endpoint
from service.web.wire import In
from service.web.wire_moderation import CommentOut, DecisionIn, QueueOut


class QueueQuery(In):
    """Which part of the queue."""

    site: str | None = Field(None, description="Only this site.")
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@endpoint("GET", "/v1/queue", tag="moderation", needs=Scope.READ, problems=(InvalidRequest, SiteNotFound))
async def read_queue(call: Call, query: QueueQuery) -> QueueOut:
    """Pending comments, oldest first, each with its bill."""
    after = cursors.decode(query.cursor, 1)
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, call.principal)
        if query.site is not None:
            found = await sites.by_slug(conn, query.site)
            if found is None or found[0].id not in site_ids:
                raise SiteNotFound(query.site)
            site_ids = [found[0].id]
        page = await comments.queue_page(conn, site_ids, after[0] if after else comments.FIRST, query.limit)
    more = cursors.encode(page[-1].id) if len(page) == query.limit else None
    return QueueOut(comments=[CommentOut.of(comment) for comment in page], next=more)


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
    problems=(CommentNotFound, AlreadyDecided, Conflict, InvalidFields),
)
async def add_decision(call: Call, comment_id: UUID, body: DecisionIn) -> CommentOut:
    """Approve or reject a comment, or undo the latest decision; gives the comment as it is then."""
    try:
        choice = Choice(body.action, body.version, body.reason, body.note)
    except FieldRefused as refusal:
        pointer = "/reason" if refusal.code.startswith("reason.") else "/note"
        raise InvalidFields([FieldError(pointer, refusal.code, refusal.detail)]) from None
    return CommentOut.of(await decide_and_show(call, comment_id, choice))


async def decide_and_show(call: Call, comment_id: UUID, choice: Choice) -> Comment:
    """Decide, and let readers of this process see it at once."""
    comment = await decide(call.ctx, call.principal, comment_id, choice)
    call.state.threads.drop(comment.site_id, comment.page_id)
    return comment
