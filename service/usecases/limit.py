"""How much one network may send, whatever it sends."""

from datetime import timedelta
from typing import Final

from service.context import Context
from service.errors import RateLimited
from service.store import limits
from service.store.submissions import Limit

SENTENCE: Final = "Too many comments came from your network in a short time. Please try again in a moment."


def limit_of(ctx: Context, network: str) -> Limit:
    """The bucket that everything from this network is charged to."""
    every = timedelta(minutes=1) / ctx.settings.submissions_per_minute
    return Limit(ctx.vault.tag("limit-submit", network.encode()), every, ctx.settings.submission_burst)


async def charge(ctx: Context, network: str) -> None:
    """Charge one act to the network; `RateLimited`."""
    limit = limit_of(ctx, network)
    async with ctx.db.read() as conn:
        wait = await limits.hit(conn, limit.key, limit.every, limit.burst)
    if wait is not None:
        raise RateLimited(int(wait) + 1, SENTENCE)
