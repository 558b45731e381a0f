"""The one way decisions are made: on rows that a transaction holds, as many as there are, at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from service.errors import Conflict, OwnDecision, ServiceError
from service.ids import new_id
from service.model.comments import LockedComment, Standing, Status
from service.model.decisions import Action, Choice, Decision, Reason
from service.model.people import AuditEvent, Principal
from service.store import audit, decisions, reports
from service.store.database import Connection
from service.store.decisions import Act
from service.usecases.second_look import refuse_own_appeal


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of a comment whose row is held, and the id that the decision gets."""

    locked: LockedComment
    choice: Choice
    decision_id: UUID = field(default_factory=new_id)


async def decide_all(
    conn: Connection,
    by: Principal,
    wanted: Sequence[Wanted],
    *,
    automatic: bool = False,
    batch_id: UUID | None = None,
    may_be_drawn: bool = True,
) -> dict[UUID, Standing | ServiceError]:
    """Decide on comments whose rows this transaction holds; gives where each stands then, or why it was left.

    Left alone is what its author has taken back, what somebody else is asked to look at again, and where
    there is nothing to undo. A rejection answers readers' reports. `may_be_drawn` lets the site's share of
    these decisions go to a second person; the policy's never do.
    """
    undone = [each.locked for each in wanted if each.choice.action is Action.UNDO]
    before = await decisions.before_latest(conn, undone) if undone else {}
    made: dict[UUID, Standing | ServiceError] = {}
    acts = []
    for each in wanted:
        standing = await _refusal(conn, by, each.locked) or _standing_after(each, before, automatic)
        made[each.locked.id] = standing
        if isinstance(standing, Standing):
            decision = _decision(by, each, standing, automatic=automatic, batch_id=batch_id)
            drawn = may_be_drawn and not automatic and each.choice.action is not Action.UNDO
            acts.append(Act(each.locked, decision, standing, chance(decision.id) if drawn else None))
    await audit.record_many(conn, [_event(by, act.locked, act.decision) for act in acts])
    for act in acts:
        if act.locked.open_reports and act.standing.status is Status.REJECTED:
            await reports.resolve(conn, act.locked.site_id, act.locked.id)
    # Last, because it takes the pages' rows, for which every decision on a page waits.
    await decisions.decide(conn, acts)
    return made


async def _refusal(conn: Connection, by: Principal, locked: LockedComment) -> ServiceError | None:
    """Why nobody, or not this person, may decide on a comment."""
    if locked.gone:
        return Conflict("Its author has taken this comment back: there is nothing left to decide.")
    if locked.appealed:
        try:
            await refuse_own_appeal(conn, by, locked)
        except OwnDecision as error:
            return error
    return None


def reason_of(choice: Choice) -> Reason | None:
    """The reason that a choice is written down with."""
    return (choice.reason or Reason.OTHER) if choice.action is Action.REJECT else None


def chance(decision_id: UUID) -> float:
    """A number from 0 up to 1 that anybody can draw again: which decisions are judged twice is no secret."""
    return (int.from_bytes(hashlib.sha256(decision_id.bytes).digest()[:8], "big") >> 11) / 2**53


def _standing_after(wanted: Wanted, before: dict[UUID, Standing], automatic: bool) -> Standing | Conflict:
    match wanted.choice.action:
        case Action.APPROVE:
            return Standing(Status.APPROVED, automatic=automatic)
        case Action.REJECT:
            return Standing(Status.REJECTED, reason_of(wanted.choice), automatic)
        case Action.UNDO:
            nothing = "Nothing was decided on this comment as it is now, so there is nothing to undo."
            return before.get(wanted.locked.id) or Conflict(nothing)


def _decision(
    by: Principal, wanted: Wanted, standing: Standing, *, automatic: bool, batch_id: UUID | None
) -> Decision:
    return Decision(
        id=wanted.decision_id,
        action=wanted.choice.action,
        reason=reason_of(wanted.choice),
        note=wanted.choice.note,
        before=wanted.locked.status.value,
        after=standing.status.value,
        version=wanted.locked.version + 1,
        by=by.name,
        at=None,
        automatic=automatic,
        batch_id=batch_id,
    )


def _event(by: Principal, locked: LockedComment, decision: Decision) -> AuditEvent:
    return AuditEvent(
        action=f"comment.{decision.action.value}",
        actor=by.name,
        site_id=locked.site_id,
        target=str(locked.id),
        before=locked.status.value,
        after=f"{decision.after} ({decision.reason.value})" if decision.reason else decision.after,
    )
