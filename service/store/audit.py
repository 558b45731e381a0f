"""Table `audit_event`: append-only for everybody."""

from typing import Final

from service.model.people import AuditEvent
from service.store.database import Connection

RECORD: Final = """
INSERT INTO audit_event (site_id, actor, action, target, before, after)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def record(conn: Connection, event: AuditEvent) -> None:
    """Write an event, in the transaction of what it tells of."""
    await conn.execute(
        RECORD, event.site_id, event.actor, event.action, event.target, event.before, event.after
    )
