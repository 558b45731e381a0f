"""Throws away what has run out: idempotency keys, full buckets, ended sessions."""

from typing import Final

from service.context import Context
from service.store import upkeep

_MOST_BATCHES: Final = 100


async def tidy(ctx: Context) -> int:
    """Delete in batches until nothing is left (at most 300,000 rows a run); gives how many went."""
    gone = 0
    for _ in range(_MOST_BATCHES):
        async with ctx.db.read(moderation=True) as conn:
            swept = await upkeep.sweep(conn)
        gone += swept
        if not swept:
            break
    return gone
