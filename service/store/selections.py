"""Tables `selection` and `selected`: lists that are frozen, and how far they are decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.model.comments import Status
from service.model.selections import Progress
from service.store.database import Connection

ADD: Final = """
INSERT INTO selection (id, made_by, query, expires_at)
VALUES ($1, $2, $3, now() + $4::interval)
RETURNING expires_at
"""
FREEZE: Final = """
WITH kept AS (
    INSERT INTO selected (site_id, selection_id, comment_id, version)
    SELECT c.site_id, $1, c.id, c.version
      FROM unnest($2::integer[], $3::uuid[]) AS wanted(site_id, id)
      JOIN comment c ON c.site_id = wanted.site_id AND c.id = wanted.id
    ON CONFLICT DO NOTHING
    RETURNING site_id, comment_id
)
SELECT c.status, count(*) AS count
  FROM kept k
  JOIN comment c ON c.site_id = k.site_id AND c.id = k.comment_id
 GROUP BY c.status
"""
SET_SIZE: Final = "UPDATE selection SET size = $2 WHERE id = $1"
# Whoever decides on a selection holds its row, so that two requests take turns.
LOCK: Final = """
UPDATE selection
   SET choice = coalesce(choice, $3::jsonb), expires_at = greatest(expires_at, now() + $4::interval)
 WHERE id = $1 AND made_by = $2 AND expires_at > now()
RETURNING choice = $3::jsonb AS same
"""
OPEN: Final = """
SELECT site_id, comment_id, version
  FROM selected
 WHERE selection_id = $1 AND outcome IS NULL
 ORDER BY site_id, comment_id
 LIMIT $2
"""
CLOSE: Final = """
UPDATE selected s
   SET outcome = CASE WHEN w.decided THEN 'decided' ELSE 'passed' END
  FROM unnest($2::integer[], $3::uuid[], $4::boolean[]) AS w(site_id, comment_id, decided)
 WHERE s.site_id = w.site_id AND s.selection_id = $1 AND s.comment_id = w.comment_id
"""
PROGRESS: Final = """
SELECT l.size, l.expires_at, count(*) FILTER (WHERE s.outcome = 'decided') AS decided,
       count(*) FILTER (WHERE s.outcome = 'passed') AS passed,
       count(*) FILTER (WHERE s.selection_id IS NOT NULL AND s.outcome IS NULL) AS remaining
  FROM selection l
  LEFT JOIN selected s ON s.selection_id = l.id
 WHERE l.id = $1 AND l.made_by = $2 AND l.expires_at > now()
 GROUP BY l.id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One comment of a selection, at the version that was found."""

    site_id: int
    comment_id: UUID
    version: int


async def add(conn: Connection, selection_id: UUID, by: str, query: str, lasts: timedelta) -> datetime:
    """Begin a selection of somebody's query, which is JSON; gives when it runs out."""
    found: datetime = await conn.fetchval(ADD, selection_id, by, query, lasts)
    return found


async def freeze(
    conn: Connection, selection_id: UUID, site_ids: Sequence[int], ids: Sequence[UUID]
) -> dict[Status, int]:
    """Add these comments at the versions that they have; gives how many there are, by status."""
    rows = await conn.fetch(FREEZE, selection_id, list(site_ids), list(ids))
    return {Status(row["status"]): row["count"] for row in rows}


async def set_size(conn: Connection, selection_id: UUID, size: int) -> None:
    """Write down how many comments were found."""
    await conn.execute(SET_SIZE, selection_id, size)


async def lock(conn: Connection, selection_id: UUID, by: str, choice: str, lasts: timedelta) -> bool | None:
    """Take a selection for the length of the transaction, and keep it for longer.

    Gives whether `choice`, which is JSON, is what its maker decides on it; None where it is not theirs.
    """
    found: bool | None = await conn.fetchval(LOCK, selection_id, by, choice, lasts)
    return found


async def open_members(conn: Connection, selection_id: UUID, limit: int) -> Sequence[Member]:
    """Up to `limit` comments that are still to be decided, site by site, in the order of their ids."""
    rows = await conn.fetch(OPEN, selection_id, limit)
    return [Member(row["site_id"], row["comment_id"], row["version"]) for row in rows]


async def close(conn: Connection, selection_id: UUID, members: Sequence[tuple[Member, bool]]) -> None:
    """Write down of each whether it was decided, or passed over."""
    await conn.execute(
        CLOSE,
        selection_id,
        [member.site_id for member, _ in members],
        [member.comment_id for member, _ in members],
        [decided for _, decided in members],
    )


async def progress(conn: Connection, selection_id: UUID, by: str) -> Progress | None:
    """How far a selection of this person's is decided."""
    row = await conn.fetchrow(PROGRESS, selection_id, by)
    return None if row is None else Progress(id=selection_id, **dict(row))
