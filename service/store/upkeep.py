"""What is thrown away when its time has come, in batches that never hold a lock for long."""

from typing import Final

from service.store.database import Connection

EXPIRED_KEYS: Final = """
DELETE FROM idempotency_key
 WHERE ctid IN (SELECT ctid FROM idempotency_key WHERE expires_at < now() LIMIT 1000)
"""
FULL_BUCKETS: Final = """
DELETE FROM rate_limit
 WHERE ctid IN (SELECT ctid FROM rate_limit WHERE full_at < now() - interval '1 hour' LIMIT 1000)
"""
ENDED_SESSIONS: Final = """
DELETE FROM session
 WHERE ctid IN (SELECT ctid FROM session WHERE expires_at < now() LIMIT 1000)
"""
PING: Final = "SELECT 1"


async def sweep(conn: Connection) -> int:
    """Delete up to 1,000 rows of each kind that have run out; gives how many went."""
    answers = [await conn.execute(sql) for sql in (EXPIRED_KEYS, FULL_BUCKETS, ENDED_SESSIONS)]
    return sum(int(answer.removeprefix("DELETE ")) for answer in answers)


async def ping(conn: Connection) -> None:
    """Ask the database for a sign of life."""
    await conn.execute(PING)
