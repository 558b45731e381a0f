"""One act on many comments is taken back, as one act more."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from service.context import Context
from service.errors import BatchNotFound
from service.model.batches import Batch, Outcome
from service.model.comments import Standing
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.store import batches, comments, sites
from service.store.batches import Entry
from service.store.database import Connection
from service.usecases.decide_locked import Wanted, decide_all
from service.usecases.decide_many import CHUNK, MOST, changed
from service.usecases.end_rule import end_rules_of
from service.usecases.resending import undoing_of

_log = structlog.get_logger("greenroom.decide")


@dataclass(slots=True)
class _Progress:
    """What an undoing did so far: outcomes, and what an earlier request under the same id had done."""

    undoing: UUID
    outcomes: list[Outcome] = field(default_factory=list)
    earlier: list[Outcome] = field(default_factory=list)
    undone: int = 0
    remaining: int = 0


async def undo_batch(ctx: Context, by: Principal, batch_id: UUID) -> Batch:
    """Undo one act on many comments; what happened anew since is left as it is.

    The undoing is a batch itself, whose id follows from the batch's: sent again, the request goes on where
    it stopped, or gives the first answer again. At most `MOST` comments are taken back in one go. Rules
    that the batch made end, and what they decided is taken back too. Raises `BatchNotFound`, also for a
    batch of a site that is not theirs.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        visible = await sites.visible(conn, by.within(Scope.MODERATE))
        rules = await end_rules_of(conn, by, visible, batch_id)
        parts = [
            (site_id, part)
            for part in (batch_id, *rules)
            for site_id in await batches.sites_of(conn, visible, part)
        ]
    if not parts and not rules:
        raise BatchNotFound
    progress = _Progress(undoing_of(batch_id))
    for site_id, part in parts:
        start = await _resume(ctx, site_id, progress) if part == batch_id else comments.FIRST
        await _undo_part(ctx, by, site_id, part, start, progress)
    _log.info("batch.undone", batch=str(batch_id), comments=progress.undone)
    outcomes = progress.outcomes
    if not progress.undone:
        outcomes = [*(progress.earlier or await _earlier(ctx, visible, progress)), *outcomes]
    return Batch(progress.undoing, outcomes[:MOST], progress.remaining)


async def _earlier(ctx: Context, site_ids: Sequence[int], progress: _Progress) -> Sequence[Outcome]:
    """What requests before this one did, as the log has it."""
    async with ctx.db.read(moderation=True) as conn:
        return await batches.outcomes(conn, site_ids, progress.undoing, MOST)


async def _resume(ctx: Context, site_id: int, progress: _Progress) -> UUID:
    """Where to begin: a small batch is looked through again, so that it gives its first answer again."""
    async with ctx.db.read(moderation=True) as conn:
        return await batches.reached(conn, site_id, progress.undoing, MOST - CHUNK) or comments.FIRST


async def _undo_part(
    ctx: Context, by: Principal, site_id: int, part: UUID, start: UUID, progress: _Progress
) -> None:
    """Undo what one batch did on one site after `start`, until nothing is left or enough is done."""
    while True:
        async with ctx.db.transaction(moderation=True) as conn:
            if progress.undone + CHUNK > MOST:
                progress.remaining += await batches.count_standing(conn, site_id, part, start)
                return
            entries = await batches.page(conn, site_id, part, progress.undoing, start, CHUNK)
            if not entries:
                return
            outcomes = await _undo_entries(conn, by, entries, progress.undoing)
        start = entries[-1].comment_id
        progress.undone += len(outcomes)
        progress.earlier += [_left(entry) for entry in entries if _was_undone(entry)]
        progress.outcomes += [
            outcomes.get(entry.comment_id) or _left(entry) for entry in entries if not _was_undone(entry)
        ]


async def _undo_entries(
    conn: Connection, by: Principal, entries: Sequence[Entry], undoing: UUID
) -> dict[UUID, Outcome]:
    made = {entry.comment_id: entry.made for entry in entries if entry.stands}
    locked = await comments.lock_many(conn, [entries[0].site_id], list(made)) if made else []
    wanted = [
        Wanted(each, Choice(Action.UNDO, each.version)) for each in locked if each.version == made[each.id]
    ]
    standings = await decide_all(conn, by, wanted, batch_id=undoing)
    return {
        each.locked.id: changed(each.locked, standing.status)
        for each in wanted
        if isinstance(standing := standings[each.locked.id], Standing)
    }


def _was_undone(entry: Entry) -> bool:
    """Whether this undoing took the decision back before, and nothing happened since."""
    return entry.undone and entry.version == entry.made + 1


def _left(entry: Entry) -> Outcome:
    undone = _was_undone(entry)
    return Outcome(
        site_id=entry.site_id,
        comment_id=entry.comment_id,
        page_id=entry.page_id,
        before=entry.after if undone else entry.status,
        after=entry.status,
        version=entry.version,
        changed=undone,
    )
