"""Table `lease`: who is looking at a pending comment. One that has run out counts as none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.store.database import Connection

# Whoever decides on a comment, or takes it too, holds its row: it is passed over. A lease that somebody
# else got in the meantime stays theirs.
TAKE: Final = """
WITH free AS (
    SELECT c.site_id, c.id, c.version
      FROM unnest($1::integer[], $2::uuid[]) AS wanted(site_id, id)
      JOIN comment c ON c.site_id = wanted.site_id AND c.id = wanted.id
     WHERE c.status = 'pending' AND c.gone_at IS NULL
     ORDER BY c.site_id, c.id
       FOR UPDATE OF c SKIP LOCKED
), taken AS (
    INSERT INTO lease AS l (site_id, comment_id, holder, expires_at)
    SELECT site_id, id, $3, now() + $4::interval FROM free
    ON CONFLICT (site_id, comment_id) DO UPDATE
       SET holder = excluded.holder,
           taken_at = CASE WHEN l.holder = excluded.holder THEN l.taken_at ELSE now() END,
           expires_at = CASE WHEN l.holder = excluded.holder THEN greatest(l.expires_at, excluded.expires_at)
                             ELSE excluded.expires_at END
     WHERE l.holder = excluded.holder OR l.expires_at <= now()
    RETURNING l.comment_id, l.expires_at
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version, actor)
    SELECT f.site_id, 'taken', f.id, f.version, $3 FROM free f JOIN taken t ON t.comment_id = f.id
)
SELECT comment_id, expires_at FROM taken
"""
# In one order always, so that two who hold the same rows wait for one another and do not deadlock.
_MINE: Final = """
    SELECT l.site_id, l.comment_id
      FROM lease l
     WHERE l.holder = $1 AND l.expires_at > now() AND l.site_id = ANY($2::integer[])
       AND ($3::uuid[] IS NULL OR l.comment_id = ANY($3))
     ORDER BY l.site_id, l.comment_id
       FOR UPDATE
"""


def _of_mine(act: str) -> str:
    return act.replace("{mine}", _MINE)


EXTEND: Final = _of_mine("""
WITH mine AS ({mine})
UPDATE lease l
   SET expires_at = greatest(l.expires_at, now() + $4::interval)
  FROM mine m
 WHERE l.site_id = m.site_id AND l.comment_id = m.comment_id
RETURNING l.comment_id, l.expires_at
""")
HAND_OVER: Final = _of_mine("""
WITH mine AS ({mine}), given AS (
    UPDATE lease l
       SET holder = $4, taken_at = now(), expires_at = now() + $5::interval
      FROM mine m
     WHERE l.site_id = m.site_id AND l.comment_id = m.comment_id
    RETURNING l.site_id, l.comment_id, l.expires_at
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version, actor)
    SELECT c.site_id, 'taken', c.id, c.version, $4
      FROM given g
      JOIN comment c ON c.site_id = g.site_id AND c.id = g.comment_id
)
SELECT comment_id, expires_at FROM given
""")
GIVE_BACK: Final = _of_mine("""
WITH mine AS ({mine}), gone AS (
    DELETE FROM lease l USING mine m
     WHERE l.site_id = m.site_id AND l.comment_id = m.comment_id
    RETURNING l.site_id, l.comment_id, l.expires_at
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version, actor)
    SELECT c.site_id, 'returned', c.id, c.version, $1
      FROM gone g
      JOIN comment c ON c.site_id = g.site_id AND c.id = g.comment_id
)
SELECT comment_id, expires_at FROM gone
""")
RETURN_EXPIRED: Final = """
WITH late AS (
    SELECT site_id, comment_id FROM lease WHERE expires_at <= now() LIMIT 1000 FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM lease l USING late
     WHERE l.site_id = late.site_id AND l.comment_id = late.comment_id
    RETURNING l.site_id, l.comment_id, l.holder
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version, actor)
    SELECT c.site_id, 'returned', c.id, c.version, g.holder
      FROM gone g
      JOIN comment c ON c.site_id = g.site_id AND c.id = g.comment_id
)
SELECT count(*) FROM gone
"""
OF_HOLDER: Final = """
SELECT site_id, comment_id
  FROM lease
 WHERE holder = $1 AND expires_at > now() AND site_id = ANY($2::integer[])
 ORDER BY comment_id
 LIMIT $3
"""
WORKS_FOR: Final = """
SELECT s.id
  FROM moderator m
  JOIN site s ON s.id = ANY($2::integer[])
  LEFT JOIN moderator_site w ON w.moderator_id = m.id AND w.site_id = s.id
 WHERE m.name = $1 AND m.disabled_at IS NULL AND (m.all_sites OR w.site_id IS NOT NULL)
   AND coalesce(w.role, m.role) <> 'reader'
"""


async def take(
    conn: Connection, site_ids: Sequence[int], ids: Sequence[UUID], by: str, lasts: timedelta
) -> dict[UUID, datetime]:
    """Those of these comments that are `by`'s now, each until when; what others hold or decide is left."""
    return _ends(await conn.fetch(TAKE, list(site_ids), list(ids), by, lasts))


async def extend(
    conn: Connection, by: str, site_ids: Sequence[int], ids: Sequence[UUID] | None, lasts: timedelta
) -> dict[UUID, datetime]:
    """Make `by`'s leases (None: all of them) last so long from now; those that run."""
    return _ends(await conn.fetch(EXTEND, by, list(site_ids), _listed(ids), lasts))


async def hand_over(
    conn: Connection,
    by: str,
    site_ids: Sequence[int],
    ids: Sequence[UUID] | None,
    to: str,
    lasts: timedelta,
) -> dict[UUID, datetime]:
    """Make `by`'s leases (None: all of them) somebody else's."""
    return _ends(await conn.fetch(HAND_OVER, by, list(site_ids), _listed(ids), to, lasts))


async def give_back(
    conn: Connection, by: str, site_ids: Sequence[int], ids: Sequence[UUID] | None
) -> dict[UUID, datetime]:
    """End `by`'s leases (None: all of them)."""
    return _ends(await conn.fetch(GIVE_BACK, by, list(site_ids), _listed(ids)))


async def return_expired(conn: Connection) -> int:
    """Delete up to 1,000 leases that have run out; gives how many."""
    return int(await conn.fetchval(RETURN_EXPIRED))


async def held_by(
    conn: Connection, by: str, site_ids: Sequence[int], limit: int
) -> tuple[list[int], list[UUID]]:
    """Site ids and ids of what somebody holds, oldest first."""
    rows = await conn.fetch(OF_HOLDER, by, list(site_ids), limit)
    return [row["site_id"] for row in rows], [row["comment_id"] for row in rows]


async def works_for(conn: Connection, name: str, site_ids: Sequence[int]) -> list[int]:
    """On which of these sites somebody of this name decides."""
    return [row["id"] for row in await conn.fetch(WORKS_FOR, name, list(site_ids))]


def _listed(ids: Sequence[UUID] | None) -> list[UUID] | None:
    return None if ids is None else list(ids)


def _ends(rows: Sequence[asyncpg.Record]) -> dict[UUID, datetime]:
    return {row["comment_id"]: row["expires_at"] for row in rows}
