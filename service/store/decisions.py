"""Table `decision`: append-only."""

from typing import Final
from uuid import UUID

from service.model.comments import Standing, Status
from service.model.decisions import Decision, Reason
from service.store.database import Connection

ADD: Final = """
INSERT INTO decision
       (site_id, id, comment_id, action, reason, note, before, after, version, decided_by, automatic,
        batch_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
# The earlier decision that made the status which the latest one ended.
BEFORE_LATEST: Final = """
SELECT l.before, e.reason, coalesce(e.automatic, false) AS automatic
  FROM (SELECT before, version
          FROM decision
         WHERE site_id = $1 AND comment_id = $2
         ORDER BY version DESC
         LIMIT 1) l
  LEFT JOIN LATERAL (
       SELECT d.reason, d.automatic
         FROM decision d
        WHERE d.site_id = $1 AND d.comment_id = $2 AND d.version < l.version
              AND d.after = l.before AND d.action <> 'undo'
        ORDER BY d.version DESC
        LIMIT 1) e ON true
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
        decision.automatic,
        decision.batch_id,
    )


async def before_latest(conn: Connection, site_id: int, comment_id: UUID) -> Standing | None:
    """Where the comment stood before the latest decision, or None where nothing was decided yet."""
    row = await conn.fetchrow(BEFORE_LATEST, site_id, comment_id)
    if row is None:
        return None
    reason = Reason(row["reason"]) if row["reason"] else None
    return Standing(Status(row["before"]), reason, row["automatic"])
