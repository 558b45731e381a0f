"""What readers reported and authors changed, for moderators."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import AlreadyDecided, CommentNotFound, InvalidRequest, SiteNotFound
from service.model.authoring import Reports, Revision
from service.model.comments import Comment
from service.model.people import Principal, Scope
from service.store import comments, cursors, reports, revisions, sites
from service.store.database import Connection
from service.usecases.report import dismiss_reports
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.changes import changes
from service.web.wire.moderation import CommentOut
from service.web.wire.reports import (
    ChangeOut,
    DismissalIn,
    ReportedCommentOut,
    ReportsOut,
    RevisionOut,
    RevisionsOut,
)


class ReportsQuery(In):
    """Which part of the reported comments."""

    site: str | None = Field(None, description="Only this site.")
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@endpoint("GET", "/v1/reports", tag="moderation", needs=Scope.READ, problems=(InvalidRequest, SiteNotFound))
async def read_reports(call: Call, query: ReportsQuery) -> ReportsOut:
    """Published comments with open reports, oldest first. Rejecting a comment answers them."""
    async with call.ctx.db.read(moderation=True) as conn:
        shown, more = await reported(conn, call.principal, query.site, query.cursor, query.limit)
    return ReportsOut(comments=[ReportedCommentOut.of(*each) for each in shown], next=more)


@endpoint(
    "POST",
    "/v1/comments/{comment_id}/dismissals",
    tag="moderation",
    needs=Scope.MODERATE,
    problems=(CommentNotFound, AlreadyDecided),
)
async def dismiss(call: Call, comment_id: UUID, body: DismissalIn) -> CommentOut:
    """Leave a reported comment published. Only new reports bring it back."""
    found = await dismiss_reports(call.ctx, call.principal, comment_id, body.version, body.last_at)
    return CommentOut.of(found)


@endpoint(
    "GET",
    "/v1/comments/{comment_id}/revisions",
    tag="moderation",
    needs=Scope.READ,
    problems=(CommentNotFound,),
)
async def read_revisions(call: Call, comment_id: UUID) -> RevisionsOut:
    """What a comment said before its author changed it, and what was changed each time."""
    async with call.ctx.db.read(moderation=True) as conn:
        comment = await comments.get(conn, await sites.visible(conn, call.principal), comment_id)
        if comment is None:
            raise CommentNotFound
        found = await revisions.of_comment(conn, comment.site_id, comment_id)
    return RevisionsOut(revisions=compared(comment, found))


async def reported(
    conn: Connection, caller: Principal, site: str | None, cursor: str | None, limit: int
) -> tuple[Sequence[tuple[Comment, Reports]], str | None]:
    """A page of reported comments of the caller's sites, or of one of them, and the cursor of the next."""
    after = cursors.decode(cursor, 1)
    site_ids = await sites.visible(conn, caller)
    if site is not None:
        found = await sites.by_slug(conn, site)
        if found is None or found[0].id not in site_ids:
            raise SiteNotFound(site)
        site_ids = [found[0].id]
    page = await comments.reported_page(conn, site_ids, after[0] if after else comments.FIRST, limit)
    told = await reports.of_comments(conn, [(comment.site_id, comment.id) for comment in page])
    shown = [(comment, told[comment.id]) for comment in page if comment.id in told]
    return shown, cursors.encode(page[-1].id) if len(page) == limit else None


def compared(comment: Comment, found: Sequence[Revision]) -> list[RevisionOut]:
    """Each earlier text with what became of it in the next one."""
    texts = [*(revision.text for revision in found), comment.text]
    return [
        RevisionOut(
            version=revision.version,
            text=revision.text,
            replaced_at=revision.replaced_at,
            changes=[ChangeOut.model_validate(change) for change in changes(before, after)],
        )
        for revision, (before, after) in zip(found, pairwise(texts), strict=True)
    ]
