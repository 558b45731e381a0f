"""Screens again what could not be screened, and what waits under rules that have changed since.

The comment itself says that it is due, so there is nothing to enqueue and nothing to lose: whoever is
stopped half-way leaves a claim that runs out.
"""

from datetime import timedelta
from typing import Final

import structlog

from service.context import Context
from service.store import rechecks, sites
from service.store.rechecks import Due
from service.usecases.knowledge import knowledge

AT_ONCE: Final = 50
CLAIM_LASTS: Final = timedelta(minutes=2)
# After each look in vain we wait longer, and after the last one the label stays: a person decides anyway.
_WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1))
_log = structlog.get_logger("greenroom.recheck")


async def recheck(ctx: Context) -> int:
    """Look again at what is due, until nothing is; gives how many comments have a new bill."""
    renewed = 0
    while True:
        async with ctx.db.read(moderation=True) as conn:
            due = await rechecks.claim(conn, AT_ONCE, CLAIM_LASTS)
        for comment in due:
            renewed += await _again(ctx, comment)
        if len(due) < AT_ONCE:
            return renewed


async def _again(ctx: Context, due: Due) -> bool:
    async with ctx.db.read(moderation=True) as conn:
        found = await sites.by_slug(conn, due.site)
        known = await knowledge(conn, due.site_id)
    if found is None:
        return False
    policy = found[1]
    screening = await ctx.screener.screen(due.words, due.facts, policy, known)
    waits = _WAITS[due.rechecks : due.rechecks + 1]
    async with ctx.db.read(moderation=True) as conn:
        written = await rechecks.replace(
            conn,
            due,
            screening,
            policy_version=policy.version,
            terms_version=known.terms_version,
            again_after=None if screening.is_checked or not waits else waits[0],
        )
    _log.info("comment.rechecked", comment=str(due.id), checked=screening.is_checked, written=written)
    return written
