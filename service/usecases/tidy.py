"""Throws away what has run out: keys, full buckets, ended sessions, what campaigns and networks left."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from service.context import Context
from service.ids import first_id
from service.store import upkeep

LIKENESS_LASTS: Final = timedelta(days=14)
NETWORK_LASTS: Final = timedelta(days=30)
_MOST_BATCHES: Final = 100


async def tidy(ctx: Context) -> int:
    """Delete in batches until nothing is left (at most 300,000 rows a run); gives how many went."""
    gone = 0
    until = _id_before(ctx, LIKENESS_LASTS), _id_before(ctx, NETWORK_LASTS)
    for _ in range(_MOST_BATCHES):
        async with ctx.db.read(moderation=True) as conn:
            swept = await upkeep.sweep(conn, *until)
        gone += swept
        if not swept:
            break
    return gone


def _id_before(ctx: Context, age: timedelta) -> UUID:
    return first_id(int((ctx.clock() - age).timestamp() * 1000))
