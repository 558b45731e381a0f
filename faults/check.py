"""What must hold after any fault: nothing acknowledged is lost or doubled, and everything adds up."""

import asyncio
import time
from typing import Final

import asyncpg

from faults.load import Load
from service.settings import Settings
from service.store.database import Connection

_SETTINGS: Final = Settings()
_POOLS: Final = _SETTINGS.pool_size + _SETTINGS.moderation_pool_size + _SETTINGS.readers_pool_size
TEXTS: Final = "SELECT text, id::text AS id, status FROM comment"
KEYS: Final = "SELECT count(*) FROM idempotency_key"
# Each query finds what should not be.
WRONG: Final = {
    "a page whose count is not that of its approved comments": """
        SELECT p.id FROM page p
         WHERE p.approved_count <> (
               SELECT count(*) FROM comment c
                WHERE c.site_id = p.site_id AND c.page_id = p.id AND c.status = 'approved')""",
    "a comment without its sealed address": """
        SELECT c.id FROM comment c LEFT JOIN contact k ON (k.site_id, k.comment_id) = (c.site_id, c.id)
         WHERE k.comment_id IS NULL""",
    # The table of events is emptied by a crash of the database: consoles ask again.
    "a comment that consoles were told of more than once": """
        SELECT comment_id FROM event WHERE kind = 'new' GROUP BY comment_id HAVING count(*) > 1""",
    "a comment that stands otherwise than its last decision says": """
        SELECT c.id FROM comment c
          LEFT JOIN LATERAL (
               SELECT d.after, d.version FROM decision d
                WHERE d.site_id = c.site_id AND d.comment_id = c.id
                ORDER BY d.version DESC LIMIT 1) d ON true
         WHERE c.status <> coalesce(d.after, 'pending') OR c.version <> coalesce(d.version, 1)""",
    "a decision that the audit trail does not have exactly once": """
        SELECT d.id FROM decision d
         WHERE 1 <> (SELECT count(*) FROM audit_event a
                      WHERE a.target = d.comment_id::text AND a.action = 'comment.' || d.action)""",
}
OPEN: Final = """
SELECT count(*) FROM pg_stat_activity
 WHERE application_name = 'greenroom' AND state LIKE 'idle in transaction%'
   AND state_change < now() - interval '1 second'
"""
CONNECTIONS: Final = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'greenroom'"


async def check(dsn: str, load: Load, *, pools: int = _POOLS) -> dict[str, int]:
    """Raise `AssertionError` where something does not hold; gives what was counted."""
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        rows = await conn.fetch(TEXTS)
        stored = {row["text"]: row["id"] for row in rows}
        assert len(stored) == len(rows), f"{len(rows) - len(stored)} comments are there twice"
        lost = [text for text, comment_id in load.acknowledged.items() if stored.get(text) != comment_id]
        assert not lost, f"{len(lost)} acknowledged comments are lost"
        assert await conn.fetchval(KEYS) == len(rows), "keys and comments differ in number"
        statuses = {row["id"]: row["status"] for row in rows}
        assert {key: statuses.get(key) for key in load.decided} == load.decided, "a decision was lost"
        for what, query in WRONG.items():
            found = await conn.fetch(query)
            assert not found, f"{what}: {len(found)}"
        await _settled(conn, pools)
    finally:
        await conn.close()
    return {"stored": len(rows), "acknowledged": len(load.acknowledged), "decided": len(load.decided)}


async def _settled(conn: Connection, pools: int) -> None:
    """Within ten seconds, no transaction is left open and the pools are no larger than they may be."""
    deadline = time.monotonic() + 10
    while True:
        left, connections = await conn.fetchval(OPEN), await conn.fetchval(CONNECTIONS)
        if not left and connections <= pools:
            return
        assert time.monotonic() < deadline, f"{left} transactions left open, {connections} connections"
        await asyncio.sleep(0.2)
