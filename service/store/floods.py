"""Tables `flood` and `asked_proof`: whether a site is flooded, and how many were asked for a proof."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.floods import Flood, Measured
from service.store.database import Connection

SLOTS: Final = 8
COUNT_ASKED: Final = """
INSERT INTO asked_proof AS a (site_id, begins_at, slot, asked)
VALUES ($1, date_trunc('minute', now()), $2, 1)
ON CONFLICT (site_id, begins_at, slot) DO UPDATE SET asked = a.asked + 1
"""
# Counting stops where any site is flooded, so that it costs the same in the worst of floods.
PRESSURE: Final = """
SELECT (SELECT count(*) FROM (SELECT FROM comment WHERE site_id = $1 AND id >= $2 LIMIT 100000) c)
     + (SELECT coalesce(sum(asked), 0) FROM asked_proof
         WHERE site_id = $1 AND begins_at > now() - $3::interval)
"""
HOURS: Final = """
SELECT submitted
  FROM hour
 WHERE site_id = $1 AND begins_at >= $2 AND begins_at < $3
       AND extract(hour FROM begins_at AT TIME ZONE 'UTC') = ANY($4::integer[])
"""
FIRST_HOUR: Final = "SELECT min(begins_at) FROM hour WHERE site_id = $1"
MAKE: Final = "INSERT INTO flood (site_id) VALUES ($1) ON CONFLICT DO NOTHING"
_COLUMNS: Final = """
SELECT tripped, calm_since, pressure, usual, threshold, wanted, wanted_by, wanted_until, told, told_at,
       checked_at
  FROM flood
 WHERE site_id = $1
"""
READ: Final = _COLUMNS
LOCK: Final = f"{_COLUMNS} FOR UPDATE"
WRITE: Final = """
UPDATE flood
   SET tripped = $2, calm_since = $3, pressure = $4, usual = $5, threshold = $6, wanted = $7, wanted_by = $8,
       wanted_until = $9, told = $10, told_at = CASE WHEN told = $10 THEN told_at ELSE now() END,
       checked_at = now()
 WHERE site_id = $1
"""
ON: Final = """
SELECT s.id, s.slug
  FROM flood f
  JOIN site s ON s.id = f.site_id
 WHERE CASE WHEN f.wanted_until > now() THEN f.wanted ELSE f.tripped END
 ORDER BY s.slug
"""


async def count_asked(conn: Connection, site_id: int, slot: int) -> None:
    """Note that a submission was asked for a proof; `slot` is any number below `SLOTS`."""
    await conn.execute(COUNT_ASKED, site_id, slot)


async def pressure(conn: Connection, site_id: int, first: UUID, window: timedelta) -> int:
    """Comments from the id `first` on, and requests for a proof in this window."""
    return int(await conn.fetchval(PRESSURE, site_id, first, window))


async def hours(
    conn: Connection, site_id: int, since: datetime, until: datetime, of_day: Sequence[int]
) -> list[int]:
    """How much came in the hours of [since, until) that are these of the day; quiet ones are left out."""
    return [row["submitted"] for row in await conn.fetch(HOURS, site_id, since, until, list(of_day))]


async def first_hour(conn: Connection, site_id: int) -> datetime | None:
    """Since when hours are counted on the site."""
    found: datetime | None = await conn.fetchval(FIRST_HOUR, site_id)
    return found


async def read(conn: Connection, site_id: int) -> Flood | None:
    """Where the site stands; None where there was never anything."""
    row = await conn.fetchrow(READ, site_id)
    return None if row is None else _flood(row)


async def lock(conn: Connection, site_id: int) -> Flood:
    """The same, held for the length of the transaction."""
    await conn.execute(MAKE, site_id)
    row = await conn.fetchrow(LOCK, site_id)
    assert row is not None
    return _flood(row)


async def write(conn: Connection, site_id: int, flood: Flood) -> None:
    """Replace what `lock` gave."""
    seen = flood.measured
    await conn.execute(
        WRITE,
        site_id,
        flood.tripped,
        flood.calm_since,
        seen.pressure,
        seen.usual,
        seen.threshold,
        flood.wanted,
        flood.wanted_by,
        flood.wanted_until,
        flood.told,
    )


async def on(conn: Connection) -> dict[int, str]:
    """The sites that are flooded now, or said to be: id and name."""
    return {row["id"]: row["slug"] for row in await conn.fetch(ON)}


def _flood(row: asyncpg.Record) -> Flood:
    return Flood(
        tripped=row["tripped"],
        calm_since=row["calm_since"],
        measured=Measured(row["pressure"], row["usual"], row["threshold"]),
        wanted=row["wanted"],
        wanted_by=row["wanted_by"],
        wanted_until=row["wanted_until"],
        told=row["told"],
        told_at=row["told_at"],
        checked_at=row["checked_at"],
    )
