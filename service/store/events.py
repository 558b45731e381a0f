"""Table `event`: read in the order of transactions, so that a late commit is never passed over.

Ids are drawn before the commit, and commits come in any order. Readers therefore go by transaction and stop
before the oldest one that is still open: what they have passed can get no predecessor any more.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.events import START, Event, Kind, Position
from service.store.database import Connection

ADD: Final = """
INSERT INTO event (site_id, kind, comment_id, version, actor)
VALUES ($1, $2, $3, $4, $5)
"""
ADD_MANY: Final = """
INSERT INTO event (site_id, kind, comment_id, version, actor)
SELECT e.site_id, $1, e.comment_id, e.version, $2
  FROM unnest($3::integer[], $4::uuid[], $5::integer[]) AS e(site_id, comment_id, version)
"""
AFTER: Final = """
SELECT e.xact::text AS xact, e.id, e.kind, e.site_id, s.slug AS site, e.comment_id, e.version, e.actor, e.at
  FROM event e
  JOIN site s ON s.id = e.site_id
 WHERE (e.xact, e.id) > ($1::text::xid8, $2) AND e.xact < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY e.xact, e.id
 LIMIT $3
"""
# By the column itself: a plain `xact` would be the text that is given, in whose order 9 comes after 10.
LATEST: Final = """
SELECT e.xact::text AS xact, e.id
  FROM event e
 WHERE e.xact < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY e.xact DESC, e.id DESC
 LIMIT 1
"""
IS_KEPT: Final = "SELECT EXISTS (SELECT FROM event WHERE xact = $1::text::xid8 AND id = $2)"


async def add(
    conn: Connection, kind: Kind, site_id: int, comment_id: UUID, version: int, by: str | None = None
) -> None:
    """Tell consoles, once the transaction commits."""
    await conn.execute(ADD, site_id, kind.value, comment_id, version, by)


async def add_many(
    conn: Connection, kind: Kind, changed: Sequence[tuple[int, UUID, int]], by: str | None = None
) -> None:
    """The same for many comments: site id, comment id and version of each."""
    if changed:
        await conn.execute(ADD_MANY, kind.value, by, *map(list, zip(*changed, strict=True)))


async def after(conn: Connection, position: Position, limit: int) -> Sequence[Event]:
    """Up to `limit` events behind a position, in order."""
    rows = await conn.fetch(AFTER, str(position.xact), position.id, limit)
    return [
        Event(
            at=Position(int(row["xact"]), row["id"]),
            kind=Kind(row["kind"]),
            site_id=row["site_id"],
            site=row["site"],
            comment_id=row["comment_id"],
            version=row["version"],
            by=row["actor"],
            happened_at=row["at"],
        )
        for row in rows
    ]


async def latest(conn: Connection) -> Position:
    """The position of the newest event."""
    row = await conn.fetchrow(LATEST)
    return START if row is None else Position(int(row["xact"]), row["id"])


async def is_kept(conn: Connection, position: Position) -> bool:
    """Whether everything behind this position is still there to be read."""
    return bool(await conn.fetchval(IS_KEPT, str(position.xact), position.id))
