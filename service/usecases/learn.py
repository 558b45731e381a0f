"""What moderators decide teaches the site's learner: read the lessons, learn them, keep the result.

The decisions are the truth, and what is learned is a function of them alone: a decision that was undone
or a comment that was erased has never been.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.model.screenings import LEARNED
from service.screening.candidate import prepare
from service.screening.learner.features import READING, Features, read
from service.screening.learner.lessons import Lesson
from service.screening.learner.training import learn
from service.store import learners, lessons
from service.store.learners import StoredLearner
from service.store.lessons import Readable, StoredLesson

MOST_LESSONS: Final = 20_000
_CHUNK: Final = 200
_log = structlog.get_logger("greenroom.learn")

Progress = Callable[[int, int], None]


async def learn_all(ctx: Context, site_ids: Sequence[int] | None = None) -> int:
    """Learn on every site where something was decided, or on these; gives how many learned anew."""
    async with ctx.db.read(moderation=True) as conn:
        due = await learners.due(conn, READING, site_ids)
    return sum([await learn_site(ctx, site_id) for site_id in due])


async def learn_site(ctx: Context, site_id: int, progress: Progress | None = None) -> bool:
    """Bring one site's learner up to date; whether there was anything new.

    `progress` is told how many lessons were read, and of how many.
    """
    async with ctx.db.read(moderation=True) as conn:
        read_at = await learners.now(conn)
        known = await learners.get(conn, site_id)
        present = await lessons.present(conn, site_id, MOST_LESSONS, READING)
    digest = _digest(present)
    # An author's edit changes what a lesson says and not which lessons there are.
    if known and known.lessons == digest and all(each.features is not None for each in present):
        async with ctx.db.read(moderation=True) as conn:
            await learners.nothing_new(conn, site_id, read_at)
        return False
    taught = await _read(ctx, site_id, present, progress)
    learner = await asyncio.to_thread(learn, taught)
    spam = sum(lesson.is_spam for lesson in taught)
    made = StoredLearner(
        version=known.version if known else 0,
        weights=learner.to_bytes() if learner else None,
        spam=spam,
        ham=len(taught) - spam,
        lessons=digest,
    )
    async with ctx.db.read(moderation=True) as conn:
        await learners.keep(conn, site_id, made, read_at)
    _log.info("learner.learned", site=site_id, spam=made.spam, ham=made.ham, speaks=learner is not None)
    return True


async def _read(
    ctx: Context, site_id: int, present: Sequence[StoredLesson], progress: Progress | None
) -> Sequence[Lesson]:
    """The lessons with their features, which are read where nobody has done so yet."""
    features = {each.comment_id: each.features for each in present if each.features is not None}
    unread = [each.comment_id for each in present if each.features is None]
    for start in range(0, len(unread), _CHUNK):
        async with ctx.db.read(moderation=True) as conn:
            rows = await lessons.readable(conn, site_id, unread[start : start + _CHUNK])
        new = await asyncio.to_thread(_read_all, rows)
        async with ctx.db.read(moderation=True) as conn:
            await lessons.keep(conn, site_id, READING, list(new), list(new.values()))
        features |= new
        if progress:
            progress(len(features), len(present))
    return [
        Lesson(each.comment_id, each.is_spam, Features.from_bytes(features[each.comment_id]))
        for each in present
        if each.comment_id in features
    ]


def _read_all(rows: Sequence[Readable]) -> dict[UUID, bytes]:
    return {row.comment_id: _features(row) for row in rows}


def _features(row: Readable) -> bytes:
    candidate = prepare(row.words.text, name=row.words.name, website=row.words.website)
    rules = [signal for signal in row.signals if signal.name != LEARNED]
    return read(candidate, row.facts, rules).to_bytes()


def _digest(present: Sequence[StoredLesson]) -> bytes:
    """What makes two sets of lessons the same."""
    state = hashlib.blake2b(bytes([READING]), digest_size=32)
    for lesson in present:
        state.update(lesson.comment_id.bytes + bytes([lesson.is_spam]))
    return state.digest()
