"""Screens again what could not be screened, and what waits under rules that have changed since.

The comment itself says that it is due, so there is nothing to enqueue and nothing to lose: whoever is
stopped half-way leaves a claim that runs out.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import structlog

from service.context import Context
from service.model.screenings import Policy
from service.screening.knowledge import Knowledge
from service.store import rechecks, sites
from service.store.database import Connection
from service.store.rechecks import Due
from service.usecases.knowledge import knowledge

AT_ONCE: Final = 50
_log = structlog.get_logger("greenroom.recheck")

_Rules: TypeAlias = Mapping[int, tuple[Policy, Knowledge]]


async def recheck(ctx: Context) -> int:
    """Look again at what is due, until nothing is; gives how many comments were looked at.

    Any number of processes may do this at once. What cannot be checked even now keeps its bill and its
    place in the queue, and is due again later, four times in all: a person decides anyway.
    """
    looked_at = 0
    while True:
        async with ctx.db.read(moderation=True) as conn:
            renewed = await rechecks.renew(conn, AT_ONCE)
            due = await rechecks.claim(conn, AT_ONCE)
            rules = await _rules(conn, due)
        for comment in due:
            await _again(ctx, comment, *rules[comment.site_id])
        looked_at += len(due)
        if len(due) < AT_ONCE and not renewed:
            return looked_at


async def _rules(conn: Connection, due: Sequence[Due]) -> _Rules:
    """The policy and the knowledge of each site, read once for all its comments."""
    found = {}
    for slug, site_id in {(comment.site, comment.site_id) for comment in due}:
        site = await sites.by_slug(conn, slug)
        assert site is not None
        found[site_id] = site[1], await knowledge(conn, site_id)
    return found


async def _again(ctx: Context, due: Due, policy: Policy, known: Knowledge) -> None:
    # One after the other, so that fresh submissions need not wait behind a crowd of old ones.
    screening = await ctx.screener.screen(due.words, due.facts, policy, known)
    written = False
    if screening.is_checked:
        async with ctx.db.read(moderation=True) as conn:
            written = await rechecks.replace(
                conn, due, screening, policy_version=policy.version, terms_version=known.terms_version
            )
    _log.info("comment.rechecked", comment=str(due.id), checked=screening.is_checked, written=written)
