"""One e-mail address is opened for one moderator, who says why; nothing but the fact is kept."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import (
    CommentNotFound,
    Conflict,
    FieldError,
    FieldRefused,
    InvalidFields,
    NotFound,
    RateLimited,
)
from service.model.characters import is_blank, refuse_control_characters
from service.model.people import AuditEvent, Principal, Scope
from service.store import audit, comments, contacts, limits, sites
from service.vault import CannotOpen

MAX_REASON: Final = 200
BURST: Final = 20
EVERY: Final = timedelta(minutes=3)
_ADDRESS: Final = re.compile(r"\S@\S")
_log = structlog.get_logger("greenroom.disclose")


async def disclose(ctx: Context, by: Principal, comment_id: UUID, reason: str) -> str:
    """The address of a comment's author, in the transaction that records who asked and why.

    Raises `CommentNotFound` (also for a site where the right is missing), `NotFound` where there is no
    address any more, `InvalidFields` for a reason that says nothing or holds an address, `RateLimited`,
    and `Conflict` where no key at hand opens it.
    """
    because = _parse_reason(reason)
    await _charge(ctx, by)
    async with ctx.db.transaction(moderation=True) as conn:
        site_ids = [i for i in await sites.visible(conn, by) if by.may(Scope.DISCLOSE, i)]
        comment = await comments.lock(conn, site_ids, comment_id)
        if comment is None:
            raise CommentNotFound
        sealed = await contacts.sealed(conn, comment.site_id, comment_id)
        if sealed is None:
            raise NotFound("There is no address with this comment any more.")
        try:
            address = ctx.vault.open(sealed, site_id=comment.site_id, comment_id=comment_id)
        except CannotOpen:
            raise Conflict("This address cannot be opened with the keys at hand.") from None
        event = AuditEvent("contact.disclosed", by.name, comment.site_id, str(comment_id), after=because)
        await audit.record(conn, event)
    _log.info("contact.disclosed", comment=str(comment_id))
    return address


def _parse_reason(raw: str) -> str:
    reason = raw.strip()
    try:
        refuse_control_characters(reason, line_breaks=False)
    except FieldRefused as refusal:
        raise _refused(refusal.code, refusal.detail) from None
    if is_blank(reason) or len(reason) > MAX_REASON:
        raise _refused("reason.length", f"Say why in 1 to {MAX_REASON} characters.")
    if _ADDRESS.search(reason):
        raise _refused(
            "reason.address", "Say why, without an address: the reason is kept for others to read."
        )
    return reason


def _refused(code: str, detail: str) -> InvalidFields:
    return InvalidFields([FieldError("/reason", code, detail)])


async def _charge(ctx: Context, by: Principal) -> None:
    async with ctx.db.read(moderation=True) as conn:
        bucket = ctx.vault.tag("limit-disclose", by.name.encode())
        wait = await limits.hit(conn, bucket, EVERY, BURST)
    if wait is not None:
        raise RateLimited(int(wait) + 1, "Too many addresses opened at once. Please wait a little.")
