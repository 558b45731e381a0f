"""One decision on everything that was frozen, and on nothing else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import CommentNotFound, Conflict, SelectionNotFound, ServiceError
from service.model.batches import Answer, Item, Outcome
from service.model.comments import Standing
from service.model.decisions import Choice
from service.model.people import Principal, Scope
from service.model.selections import SELECTION_LASTS, Progress
from service.store import comments, selections, sites
from service.store.database import Connection
from service.store.selections import Member
from service.usecases.decide import already_decided
from service.usecases.decide_locked import Wanted, decide_all
from service.usecases.decide_many import CHUNK, MOST, changed

MOST_LATE: Final = 100
_log = structlog.get_logger("greenroom.decide")


async def decide_selection(
    ctx: Context, by: Principal, selection_id: UUID, choice: Choice
) -> tuple[Progress, Sequence[Outcome]]:
    """Approve or reject the comments of a selection, each if it still has the version that was found.

    At most `MOST` are looked at in one go; the same request goes on with the rest. The batch has the
    selection's id. Nobody has read each of them, so none of these decisions is made twice. Raises
    `SelectionNotFound`, `Conflict` where another decision was begun on it.
    """
    outcomes: list[Outcome] = []
    late: list[Answer] = []
    seen = 0
    while seen + CHUNK <= MOST:
        async with ctx.db.transaction(moderation=True) as conn:
            await _lock(conn, by, selection_id, choice)
            members = await selections.open_members(conn, selection_id, CHUNK)
            if not members:
                break
            made, passed = await _decide_members(conn, by, selection_id, members, choice)
        seen += len(members)
        outcomes += made
        late += passed
    async with ctx.db.read(moderation=True) as conn:
        found = await selections.progress(conn, selection_id, by.name)
    if found is None:
        raise SelectionNotFound
    _log.info("selection.decided", selection=str(selection_id), comments=len(outcomes))
    return replace(found, late=late[:MOST_LATE]), outcomes


async def _lock(conn: Connection, by: Principal, selection_id: UUID, choice: Choice) -> None:
    wanted = json.dumps([choice.action, choice.reason, choice.note])
    same = await selections.lock(conn, selection_id, by.name, wanted, SELECTION_LASTS)
    if same is None:
        raise SelectionNotFound
    if not same:
        raise Conflict("Another decision was begun on this selection. Undo it, or select anew.")


async def _decide_members(
    conn: Connection, by: Principal, selection_id: UUID, members: Sequence[Member], choice: Choice
) -> tuple[Sequence[Outcome], Sequence[Answer]]:
    site_ids = await sites.visible(conn, by.within(Scope.MODERATE))
    locked = await comments.lock_many(conn, site_ids, [member.comment_id for member in members])
    versions = {member.comment_id: member.version for member in members}
    wanted = [
        Wanted(each, Choice(choice.action, each.version, choice.reason, choice.note))
        for each in locked
        if each.version == versions[each.id]
    ]
    standings = await decide_all(conn, by, wanted, batch_id=selection_id, may_be_drawn=False)
    outcomes = [
        changed(each.locked, standing.status)
        for each in wanted
        if isinstance(standing := standings[each.locked.id], Standing)
    ]
    done = {outcome.comment_id for outcome in outcomes}
    closed = [(member, member.comment_id in done) for member in members]
    await selections.close(conn, selection_id, closed)
    passed = [member for member, decided in closed if not decided][:MOST_LATE]
    others = await comments.many(conn, site_ids, [member.comment_id for member in passed])
    current: dict[UUID, ServiceError] = {comment.id: already_decided(comment) for comment in others}
    current |= {key: refused for key, refused in standings.items() if isinstance(refused, ServiceError)}
    return outcomes, [
        Answer(
            Item(member.comment_id, Choice(choice.action, member.version)),
            problem=current.get(member.comment_id, CommentNotFound()),
        )
        for member in passed
    ]
