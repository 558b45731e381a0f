"""Readers report published comments; moderators reject what was reported, or dismiss the reports."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import AlreadyDecided, CommentNotFound
from service.model.authoring import Report
from service.model.comments import Comment
from service.model.decisions import Reason
from service.model.people import AuditEvent, Principal
from service.model.sites import Site
from service.model.submissions import Delivery
from service.store import audit, comments, reports, sites
from service.usecases.limit import charge

# Nobody finds fault with a comment, says what it is and sends that within a second of opening the thread.
TOO_FAST_SECONDS: Final = 1.0
_log = structlog.get_logger("greenroom.report")


async def report(
    ctx: Context, site: Site, comment_id: UUID, reason: Reason, note: str | None, delivery: Delivery
) -> None:
    """Write a reader's report down. Raises `CommentNotFound` where it is not published, `RateLimited`.

    A second report from the same network changes nothing. What a program sent through the form is
    dropped, and gets the same answer.
    """
    await charge(ctx, delivery.network)
    too_fast = delivery.fill_seconds is not None and delivery.fill_seconds < TOO_FAST_SECONDS
    if delivery.honeypot.strip() or too_fast:
        _log.info("report.dropped", comment=str(comment_id))
        return
    reporter = ctx.vault.tag("reporter", f"{site.id}\x00{delivery.network}".encode())
    async with ctx.db.read() as conn:
        if not await reports.add(conn, site.id, comment_id, Report(reporter, reason, note)):
            raise CommentNotFound
    _log.info("comment.reported", comment=str(comment_id), reason=reason.value)


async def dismiss_reports(
    ctx: Context, by: Principal, comment_id: UUID, version: int, until: datetime | None
) -> Comment:
    """Close a comment's open reports up to `until` and leave it published; gives it as it is then.

    Only new reports bring it back. Raises `CommentNotFound`, `AlreadyDecided` for another version than
    the present one, whose text the moderator has not seen.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        site_ids = await sites.visible(conn, by)
        locked = await comments.lock(conn, site_ids, comment_id)
        if locked is None:
            raise CommentNotFound
        if locked.version != version:
            current = {"status": locked.status.value, "version": locked.version}
            raise AlreadyDecided("The comment is not at the version you name: look at it again.", current)
        dismissed = await reports.resolve(conn, locked.site_id, comment_id, until)
        if dismissed:
            event = AuditEvent(
                "reports.dismissed", by.name, locked.site_id, str(comment_id), after=str(dismissed)
            )
            await audit.record(conn, event)
        comment = await comments.get(conn, site_ids, comment_id)
    assert comment is not None
    _log.info("reports.dismissed", comment=str(comment_id), reports=dismissed)
    return comment
