"""A moderator's decision, and its undoing, in one transaction with what it changes."""

from dataclasses import replace
from uuid import UUID

import structlog

from service.context import Context
from service.errors import AlreadyDecided, CommentNotFound, KeyReused, ServiceError
from service.ids import new_id
from service.model.comments import Comment, LockedComment, Standing, Status
from service.model.decisions import Choice
from service.model.people import Principal, Scope
from service.store import comments, sites
from service.store.database import Connection, steadily
from service.usecases.decide_locked import Wanted, decide_all, reason_of
from service.usecases.resending import Key

_log = structlog.get_logger("greenroom.decide")


async def decide(
    ctx: Context,
    by: Principal,
    comment_id: UUID,
    choice: Choice,
    *,
    automatic: bool = False,
    key: Key | None = None,
) -> Comment:
    """Approve, reject or undo; gives the comment as it is afterwards.

    `automatic` is for the policy, whose decisions teach nothing. Sent again with the same `key`, a
    decision is not made twice: the first answer is given again. Raises `CommentNotFound` (also for a
    comment of a site that is not theirs), `AlreadyDecided` when the version seen is not the present one,
    `Conflict` when there is nothing to undo, or its author has taken it back, `OwnDecision` where its
    author asked for a second look by somebody else, `KeyReused`.
    """
    decision_id = key.decision_id(comment_id) if key else new_id()

    async def decided() -> Comment:
        async with ctx.db.transaction(moderation=True) as conn:
            site_ids = await sites.visible(conn, by.within(Scope.MODERATE))
            locked = await comments.lock(conn, site_ids, comment_id)
            if locked is None:
                raise CommentNotFound
            if locked.version != choice.version and not locked.gone:
                found = await _found(conn, site_ids, comment_id)
                return first_answer(found, choice, key) or _refuse(found)
            await decide_locked(conn, by, locked, choice, automatic=automatic, decision_id=decision_id)
            return await _found(conn, site_ids, comment_id)

    comment = await steadily(decided)
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
    decision_id: UUID | None = None,
) -> Standing:
    """Decide on a comment whose row this transaction holds, and give where it stands then.

    Raises what `decide_all` gives: `Conflict` when there is nothing to undo, or its author has taken it
    back, `OwnDecision` where its author asked for a second look by somebody else.
    """
    wanted = Wanted(locked, choice, decision_id or new_id())
    made = (await decide_all(conn, by, [wanted], automatic=automatic, batch_id=batch_id))[locked.id]
    if isinstance(made, ServiceError):
        raise made
    return made


def first_answer(comment: Comment, choice: Choice, key: Key | None) -> Comment | None:
    """The comment as this very request left it before; None where somebody else decided.

    Raises `KeyReused` where the key was used on the same version for another decision.
    """
    if key is None:
        return None
    made = [each for each in comment.decisions if each.version == choice.version + 1]
    if not made or not key.made(made[0].id, comment.id):
        return None
    if (made[0].action, made[0].reason, made[0].note) != (choice.action, reason_of(choice), choice.note):
        raise KeyReused
    return replace(
        comment,
        status=Status(made[0].after),
        version=made[0].version,
        decisions=[each for each in comment.decisions if each.version <= made[0].version],
    )


def already_decided(comment: Comment) -> AlreadyDecided:
    """Who was quicker, and what the comment is now."""
    latest = comment.decisions[-1] if comment.decisions else None
    current: dict[str, object] = {"status": comment.status.value, "version": comment.version}
    if latest is None or latest.version != comment.version:
        sentence = "The comment is not at the version you name: its author may have changed it since."
        return AlreadyDecided(sentence, current)
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


def _refuse(comment: Comment) -> Comment:
    raise already_decided(comment)


async def _found(conn: Connection, site_ids: list[int], comment_id: UUID) -> Comment:
    comment = await comments.get(conn, site_ids, comment_id)
    assert comment is not None
    return comment
