"""What is thrown away when its time has come, in batches that never hold a lock for long."""

from typing import Final
from uuid import UUID

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
# Campaigns run for days, not for months; a network is nobody's business for longer than it helps.
OLD_LIKENESSES: Final = """
DELETE FROM likeness
 WHERE ctid IN (SELECT l.ctid
                  FROM site s
                 CROSS JOIN LATERAL (
                       SELECT ctid FROM likeness k WHERE k.site_id = s.id AND k.comment_id < $1
                        ORDER BY k.comment_id LIMIT 1000) l
                 LIMIT 1000)
"""
OLD_NETWORKS: Final = """
UPDATE comment
   SET network = NULL
 WHERE ctid IN (SELECT n.ctid
                  FROM site s
                 CROSS JOIN LATERAL (
                       SELECT ctid FROM comment c
                        WHERE c.site_id = s.id AND c.network IS NOT NULL AND c.id < $1
                        LIMIT 1000) n
                 LIMIT 1000)
"""
PING: Final = "SELECT 1"


async def sweep(conn: Connection, likenesses_until: UUID, networks_until: UUID) -> int:
    """Delete up to 1,000 rows of each kind that have run out; gives how many went.

    Of comments with smaller ids than these, the likeness and the network are forgotten.
    """
    answers = [await conn.execute(sql) for sql in (EXPIRED_KEYS, FULL_BUCKETS, ENDED_SESSIONS)]
    answers.append(await conn.execute(OLD_LIKENESSES, likenesses_until))
    answers.append(await conn.execute(OLD_NETWORKS, networks_until))
    return sum(int(answer.rpartition(" ")[2]) for answer in answers)


async def ping(conn: Connection) -> None:
    """Ask the database for a sign of life."""
    await conn.execute(PING)
