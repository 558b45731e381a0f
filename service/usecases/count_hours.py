"""Counts what each hour brought to each site, so that metrics cost little however large a site is."""

from datetime import datetime, timedelta
from typing import Final

from service.context import Context
from service.ids import first_id
from service.store import hours, sites

# One day at a time, so that a statement ends in time when a large site is counted for the first time.
_STEP: Final = timedelta(days=1)
_OLDEST: Final = timedelta(days=400)


async def count_hours(ctx: Context) -> int:
    """Count what has happened since the last time; gives how many sites were counted.

    Any number of processes may do it: counting again gives the same.
    """
    async with ctx.db.read(moderation=True) as conn:
        every = await sites.every(conn)
    for site in every:
        await _count_site(ctx, site.id)
    return len(every)


async def _count_site(ctx: Context, site_id: int) -> None:
    now = ctx.clock()
    async with ctx.db.read(moderation=True) as conn:
        start = await hours.counted_to(conn, site_id)
    if start is None:
        return
    since = _hour(max(start, now - _OLDEST))
    while since <= now:
        until = since + _STEP
        async with ctx.db.read(moderation=True) as conn:
            await hours.count(conn, site_id, since, until, first_id(int(since.timestamp() * 1000)))
        since = until
    async with ctx.db.read(moderation=True) as conn:
        await hours.look(conn, site_id)


def _hour(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
