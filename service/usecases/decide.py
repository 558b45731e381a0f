"""A moderator's decision, and its undoing, in one transaction with what it changes."""

from typing import assert_never
from uuid import UUID

import structlog

from service.context import Context
from service.errors import AlreadyDecided, CommentNotFound, Conflict
from service.ids import new_id
from service.model.comments import Comment, LockedComment, Standing, Status
from service.model.decisions import Action, Choice, Decision, Reason
from service.model.people import AuditEvent, Principal
from service.store import audit, comments, decisions, sites
from service.store.database import Connection

_log = structlog.get_logger("greenroom.decide")


async def decide(
    ctx: Context, by: Principal, comment_id: UUID, choice: Choice, *, automatic: bool = False
) -> Comment:
    """Approve, reject or undo; gives the comment as it is afterwards.

    `automatic` is for the policy, whose decisions teach nothing. Raises `CommentNotFound` (also for a
    comment of a site that is not theirs), `AlreadyDecided` when the version seen is not the present one,
    `Conflict` when there is nothing to undo.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        site_ids = await sites.visible(conn, by)
        locked = await comments.lock(conn, site_ids, comment_id)
        if locked is None:
            raise CommentNotFound
        if locked.version != choice.version:
            raise await _already_decided(conn, site_ids, comment_id)
        await decide_locked(conn, by, locked, choice, automatic=automatic)
        comment = await comments.get(conn, site_ids, comment_id)
    assert comment is not None
    after = comment.status.value
    _log.info("comment.decided", comment=str(comment_id), action=choice.action.value, after=after)
    return comment


async def decide_locked(
    conn: Connection,
    by: Principal,
    locked: LockedComment,
    choice: Choice,
    *,
    automatic: bool = False,
    batch_id: UUID | None = None,
) -> Standing:
    """Decide on a comment whose row this transaction holds, and give where it stands then.

    Raises `Conflict` when there is nothing to undo.
    """
    standing = await _standing_after(conn, locked, choice, automatic=automatic)
    decision = Decision(
        id=new_id(),
        action=choice.action,
        reason=standing.reason if choice.action is Action.REJECT else None,
        note=choice.note,
        before=locked.status.value,
        after=standing.status.value,
        version=locked.version + 1,
        by=by.name,
        at=None,
        automatic=automatic,
        batch_id=batch_id,
    )
    await comments.set_standing(conn, locked.site_id, locked.id, standing)
    await decisions.add(conn, locked.site_id, locked.id, decision)
    shown = (standing.status is Status.APPROVED) - (locked.status is Status.APPROVED)
    if shown:
        await sites.count_approved(conn, locked.site_id, locked.page_id, shown)
    await audit.record(conn, _event(by, locked, decision))
    return standing


def _event(by: Principal, locked: LockedComment, decision: Decision) -> AuditEvent:
    return AuditEvent(
        action=f"comment.{decision.action.value}",
        actor=by.name,
        site_id=locked.site_id,
        target=str(locked.id),
        before=locked.status.value,
        after=f"{decision.after} ({decision.reason.value})" if decision.reason else decision.after,
    )


async def _standing_after(
    conn: Connection, locked: LockedComment, choice: Choice, *, automatic: bool
) -> Standing:
    match choice.action:
        case Action.APPROVE:
            return Standing(Status.APPROVED, automatic=automatic)
        case Action.REJECT:
            return Standing(Status.REJECTED, choice.reason or Reason.OTHER, automatic)
        case Action.UNDO:
            before = await decisions.before_latest(conn, locked.site_id, locked.id)
            if before is None:
                raise Conflict("Nothing was decided on this comment yet, so there is nothing to undo.")
            return before
        case _:
            assert_never(choice.action)


async def _already_decided(conn: Connection, site_ids: list[int], comment_id: UUID) -> AlreadyDecided:
    comment = await comments.get(conn, site_ids, comment_id)
    assert comment is not None
    latest = comment.decisions[-1] if comment.decisions else None
    current: dict[str, object] = {"status": comment.status.value, "version": comment.version}
    if latest is None:
        return AlreadyDecided("The comment is not at the version you name.", current)
    assert latest.at is not None
    current |= {
        "decided_by": latest.by,
        "action": latest.action.value,
        "reason": latest.reason.value if latest.reason else None,
        "decided_at": latest.at.isoformat(),
    }
    return AlreadyDecided(
        f"{latest.by} decided this comment before you: it is {comment.status.value} now.", current
    )
