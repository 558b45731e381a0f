"""A moderator asks for a second opinion: with a note, of a colleague, or of an admin."""

from uuid import UUID

from service.context import Context
from service.errors import CommentNotFound, Conflict, FieldError, FieldRefused, InvalidFields
from service.ids import new_id
from service.model.comments import LockedComment, Status
from service.model.opinions import Concern, Note, parse_note
from service.model.people import AuditEvent, Principal, Scope
from service.store import audit, comments, notes, sites
from service.store.database import Connection


async def add_note(ctx: Context, by: Principal, comment_id: UUID, text: str) -> Note:
    """Tell the others something about a comment. Raises `CommentNotFound`, `InvalidFields`."""
    checked = _checked(text, "/text")
    async with ctx.db.transaction(moderation=True) as conn:
        locked = await _lock(conn, by, comment_id)
        return await write_note(conn, locked, checked, by.name)


async def pass_on(
    ctx: Context, by: Principal, comment_id: UUID, to: str | None, note: str | None = None
) -> Concern:
    """Let a pending comment wait for one colleague; None gives it back to everybody.

    Raises `CommentNotFound`, `Conflict` where it is decided, `InvalidFields` where nobody of this name
    decides on the comment's site.
    """
    checked = _checked(note, "/note") if note else None
    async with ctx.db.transaction(moderation=True) as conn:
        locked = await _lock(conn, by, comment_id)
        if locked.status is not Status.PENDING:
            raise Conflict("The comment is decided: nobody needs to look at it any more.")
        if to is not None and to not in await notes.colleagues(conn, locked.site_id):
            detail = "Nobody of this name decides on the comment's site."
            raise InvalidFields([FieldError("/to", "to.unknown", detail)])
        before = (await notes.concern(conn, locked.site_id, comment_id)).assigned_to
        await notes.assign(conn, locked.site_id, comment_id, to)
        if checked:
            await write_note(conn, locked, checked, by.name)
        await audit.record(conn, _event(by, locked, "comment.passed", before, to))
        return await notes.concern(conn, locked.site_id, comment_id)


async def escalate(
    ctx: Context, by: Principal, comment_id: UUID, note: str | None = None, *, to_admins: bool = True
) -> Concern:
    """Let a comment, decided or not, wait for an admin; `to_admins` False takes it back.

    Whoever decides ends it. Raises `CommentNotFound`, `Conflict` where nothing is left of it to look at,
    `InvalidFields`.
    """
    checked = _checked(note, "/note") if note else None
    async with ctx.db.transaction(moderation=True) as conn:
        locked = await _lock(conn, by, comment_id)
        if locked.gone and to_admins:
            raise Conflict("Nothing is left of this comment but its place: there is nothing to look at.")
        if checked:
            await write_note(conn, locked, checked, by.name)
        await raise_to_admins(conn, by, locked, to_admins=to_admins)
        return await notes.concern(conn, locked.site_id, comment_id)


async def raise_to_admins(conn: Connection, by: Principal, locked: LockedComment, *, to_admins: bool) -> None:
    """The same, on a comment whose row this transaction holds."""
    await notes.escalate(conn, locked.site_id, locked.id, to_admins=to_admins)
    action = "comment.escalated" if to_admins else "comment.taken_back"
    await audit.record(conn, _event(by, locked, action, None, None))


async def write_note(conn: Connection, locked: LockedComment, text: str, by: str) -> Note:
    """Store a note on a comment whose row this transaction holds. The audit trail has no words of it."""
    note = await notes.add(conn, locked.site_id, new_id(), locked.id, text, by)
    await audit.record(conn, AuditEvent("comment.noted", by, locked.site_id, str(locked.id)))
    return note


async def _lock(conn: Connection, by: Principal, comment_id: UUID) -> LockedComment:
    locked = await comments.lock(conn, await sites.visible(conn, by.within(Scope.MODERATE)), comment_id)
    if locked is None:
        raise CommentNotFound
    return locked


def _checked(text: str, pointer: str) -> str:
    try:
        return parse_note(text)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError(pointer, refusal.code, refusal.detail)]) from None


def _event(
    by: Principal, locked: LockedComment, action: str, before: str | None, after: str | None
) -> AuditEvent:
    return AuditEvent(action, by.name, locked.site_id, str(locked.id), before, after)
