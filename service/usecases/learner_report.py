"""What a site's learner knows, and how good it was, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from service.context import Context
from service.ids import first_id
from service.screening.quality import Quality, quality
from service.store import learners, lessons

_WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Week:
    """How good the learner was on the comments of one ISO week, such as 2026-W07."""

    week: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class LearnerReport:
    """How many lessons there are of each kind, whether they are enough, and the weeks, newest first."""

    version: int
    spam: int
    ham: int
    speaks: bool
    learned_at: datetime | None
    untrusted: Sequence[str]
    weeks: Sequence[Week]


async def report(ctx: Context, site_id: int) -> LearnerReport:
    """The learner of this site and its last twelve weeks, on comments that people have decided."""
    since = first_id(int((ctx.clock() - timedelta(weeks=_WEEKS)).timestamp() * 1000))
    async with ctx.db.read(moderation=True) as conn:
        learner = await learners.get(conn, site_id)
        untrusted = await lessons.untrusted(conn, site_id)
        said = await lessons.predictions(conn, site_id, since)
    weeks = [
        Week(f"{week:%G-W%V}", quality([(each.probability, each.is_spam, each.comments) for each in held]))
        for week, held in groupby(said, lambda each: each.week)
    ]
    return LearnerReport(
        version=learner.version if learner else 0,
        spam=learner.spam if learner else 0,
        ham=learner.ham if learner else 0,
        speaks=bool(learner and learner.weights),
        learned_at=learner.learned_at if learner else None,
        untrusted=untrusted,
        weeks=weeks,
    )
