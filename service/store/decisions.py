"""Table `decision`: append-only."""

from typing import Final
from uuid import UUID

from service.model.decisions import Decision
from service.store.database import Connection

ADD: Final = """
INSERT INTO decision (site_id, id, comment_id, action, reason, note, before, after, version, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
BEFORE_LATEST: Final = """
SELECT before
  FROM decision
 WHERE site_id = $1 AND comment_id = $2
 ORDER BY version DESC
 LIMIT 1
"""


async def add(conn: Connection, site_id: int, comment_id: UUID, decision: Decision) -> None:
    """Write down a decision; its time is the database's."""
    await conn.execute(
        ADD,
        site_id,
        decision.id,
        comment_id,
        decision.action.value,
        decision.reason.value if decision.reason else None,
        decision.note,
        decision.before,
        decision.after,
        decision.version,
        decision.by,
    )


async def before_latest(conn: Connection, site_id: int, comment_id: UUID) -> str | None:
    """The status before the latest decision, or None where nothing was decided yet."""
    before = await conn.fetchval(BEFORE_LATEST, site_id, comment_id)
    return None if before is None else str(before)
