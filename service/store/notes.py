"""Table `note`, and whom comments wait for."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.opinions import Concern, Note
from service.store.database import Connection

ADD: Final = """
INSERT INTO note (site_id, id, comment_id, text, written_by)
VALUES ($1, $2, $3, $4, $5)
RETURNING written_at
"""
OF_COMMENT: Final = """
SELECT id, comment_id, text, written_by, written_at
  FROM note
 WHERE site_id = ANY($1::integer[]) AND comment_id = $2
 ORDER BY id
"""
CONCERN: Final = "SELECT assigned_to, escalated_at FROM comment WHERE site_id = $1 AND id = $2"
ASSIGN: Final = "UPDATE comment SET assigned_to = $3 WHERE site_id = $1 AND id = $2"
ESCALATE: Final = """
UPDATE comment
   SET escalated_at = CASE WHEN $3::boolean THEN coalesce(escalated_at, now()) END
 WHERE site_id = $1 AND id = $2
"""
COLLEAGUES: Final = """
SELECT m.name
  FROM moderator m
  LEFT JOIN moderator_site w ON w.moderator_id = m.id AND w.site_id = $1
 WHERE m.disabled_at IS NULL AND (m.all_sites OR w.site_id IS NOT NULL)
       AND coalesce(w.role, m.role) <> 'reader'
 ORDER BY m.name
"""


async def add(conn: Connection, site_id: int, note_id: UUID, comment_id: UUID, text: str, by: str) -> Note:
    """Store a note; its time is the database's."""
    at = await conn.fetchval(ADD, site_id, note_id, comment_id, text, by)
    return Note(note_id, comment_id, text, by, at)


async def of_comment(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> Sequence[Note]:
    """What was told about a comment, oldest first."""
    return [
        Note(row["id"], row["comment_id"], row["text"], row["written_by"], row["written_at"])
        for row in await conn.fetch(OF_COMMENT, list(site_ids), comment_id)
    ]


async def concern(conn: Connection, site_id: int, comment_id: UUID) -> Concern:
    """Whom a comment waits for."""
    row = await conn.fetchrow(CONCERN, site_id, comment_id)
    assert row is not None
    return Concern(row["assigned_to"], row["escalated_at"])


async def assign(conn: Connection, site_id: int, comment_id: UUID, to: str | None) -> None:
    """Let a comment wait for one moderator, or for anybody again."""
    await conn.execute(ASSIGN, site_id, comment_id, to)


async def escalate(conn: Connection, site_id: int, comment_id: UUID, *, to_admins: bool) -> None:
    """Let a comment wait for an admin, or no longer; one that does already keeps its time."""
    await conn.execute(ESCALATE, site_id, comment_id, to_admins)


async def colleagues(conn: Connection, site_id: int) -> Sequence[str]:
    """The names of those who may decide on a site."""
    return [row["name"] for row in await conn.fetch(COLLEAGUES, site_id)]
