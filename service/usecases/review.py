"""A second person decides again, blind: it changes nothing, but shows how far people agree."""

from dataclasses import dataclass
from uuid import UUID

from service.context import Context
from service.errors import ReviewNotFound
from service.model.decisions import Choice
from service.model.people import AuditEvent, Principal, Scope
from service.store import audit, comments, reviews, sites
from service.store.reviews import First
from service.usecases.decide_locked import reason_of
from service.usecases.second_opinion import raise_to_admins, write_note


@dataclass(frozen=True, slots=True)
class Compared:
    """Both opinions on a comment, once the second is given."""

    comment_id: UUID
    first: First
    agrees: bool


async def review(ctx: Context, by: Principal, decision_id: UUID, choice: Choice) -> Compared:
    """Say what you would have decided; then you are told what was.

    The comment stays as it is. Where one would publish and the other would not, it is raised to the
    admins with a note of both opinions, and their decision ends it. Raises `ReviewNotFound`, also for
    one's own decision and for one that does not stand any more.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        found = await reviews.comment_of(
            conn, await sites.visible(conn, by.within(Scope.MODERATE)), decision_id
        )
        locked = await comments.lock(conn, [found[0]], found[1]) if found else None
        if locked is None:
            raise ReviewNotFound
        reason = reason_of(choice)
        first = await reviews.answer(conn, locked.site_id, decision_id, by.name, choice.action, reason)
        if first is None:
            raise ReviewNotFound
        agrees = (first.action, first.reason) == (choice.action, reason)
        told = "agrees" if agrees else "differs"
        target = str(locked.id)
        await audit.record(conn, AuditEvent("comment.reviewed", by.name, locked.site_id, target, after=told))
        if first.action is not choice.action:
            own = First(by.name, choice.action, reason)
            note = f"Two opinions: {_said(first)}; {_said(own)}."
            await write_note(conn, locked, f"{note}\n{choice.note or ''}".strip()[:1000], by.name)
            await raise_to_admins(conn, by, locked, to_admins=True)
    return Compared(locked.id, first, agrees)


def _said(opinion: First) -> str:
    because = f" ({opinion.reason.value})" if opinion.reason else ""
    return f"{opinion.by}: {opinion.action.value}{because}"
