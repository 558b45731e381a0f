"""Table `rate_limit`: GCRA (ITU-T I.371) as a single upsert on the database's clock."""

from datetime import timedelta
from typing import Final

from service.store.database import Connection

HIT: Final = """
INSERT INTO rate_limit AS r (key, full_at)
VALUES ($1, now() + $2::interval)
ON CONFLICT (key) DO UPDATE
   SET full_at = greatest(r.full_at, now()) + $2::interval
 WHERE greatest(r.full_at, now()) + $2::interval <= now() + $3::interval
RETURNING true
"""
WAIT: Final = """
SELECT extract(epoch FROM full_at + $2::interval - $3::interval - now())
  FROM rate_limit
 WHERE key = $1
"""
REFUND: Final = "UPDATE rate_limit SET full_at = full_at - $2::interval WHERE key = $1"


async def hit(conn: Connection, key: bytes, every: timedelta, burst: int) -> float | None:
    """Take one from the bucket `key`: None when let through, else the seconds until one is free.

    The bucket holds `burst` and gets one back `every` so often. To be run outside a transaction, where
    `now()` stands still and the row would stay locked.
    """
    if await conn.fetchval(HIT, key, every, every * burst):
        return None
    return await wait(conn, key, every, burst)


async def wait(conn: Connection, key: bytes, every: timedelta, burst: int) -> float:
    """Seconds until the bucket has one again, 0 or more."""
    return max(0.0, float(await conn.fetchval(WAIT, key, every, every * burst) or 0))


async def refund(conn: Connection, key: bytes, every: timedelta) -> None:
    """Put one back, for what turned out not to count."""
    await conn.execute(REFUND, key, every)
