"""Table `learner`: what a site's moderators taught, ready for use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.store.database import Connection

# Decisions carry the time at which their transaction began, so a look back of ten seconds is needed. The
# last byte of the weights is the reading that they were learned with: after another, all is learned anew.
DUE: Final = """
SELECT s.id
  FROM site s
  LEFT JOIN learner l ON l.site_id = s.id
 WHERE s.id = ANY($1::integer[]) OR $1 IS NULL AND (
       get_byte(l.weights, octet_length(l.weights) - 1) <> $2 OR EXISTS (
       SELECT FROM decision d
        WHERE d.site_id = s.id AND d.decided_at > coalesce(l.read_at, '-infinity') - interval '10 seconds'))
 ORDER BY s.id
"""
GET: Final = """
SELECT version, weights, spam, ham, lessons, learned_at
  FROM learner
 WHERE site_id = $1
"""
# Two processes may learn the same at the same time; whoever comes second finds the version taken.
KEEP: Final = """
INSERT INTO learner AS l (site_id, version, weights, spam, ham, lessons, read_at, learned_at)
VALUES ($1, 1, $3, $4, $5, $6, $7, now())
ON CONFLICT (site_id) DO UPDATE
   SET version = l.version + 1, weights = excluded.weights, spam = excluded.spam, ham = excluded.ham,
       lessons = excluded.lessons, read_at = excluded.read_at, learned_at = now()
 WHERE l.version = $2
"""
NOTHING_NEW: Final = "UPDATE learner SET read_at = $2 WHERE site_id = $1"
STALE: Final = "UPDATE learner SET read_at = '-infinity' WHERE site_id = ANY($1::integer[])"
NOW: Final = "SELECT now()"


@dataclass(frozen=True, slots=True)
class StoredLearner:
    """The learner as stored. `lessons` is a digest of what it was made from; no weights: too few lessons."""

    version: int
    weights: bytes | None
    spam: int
    ham: int
    lessons: bytes
    learned_at: datetime | None = None


async def due(conn: Connection, reading: int, site_ids: Sequence[int] | None = None) -> Sequence[int]:
    """The sites where something was decided since the last look, or read otherwise then; or just these."""
    return [row["id"] for row in await conn.fetch(DUE, None if site_ids is None else list(site_ids), reading)]


async def get(conn: Connection, site_id: int) -> StoredLearner | None:
    """What this site's learner knows."""
    row = await conn.fetchrow(GET, site_id)
    return None if row is None else StoredLearner(**dict(row))


async def keep(conn: Connection, site_id: int, learner: StoredLearner, read_at: datetime) -> None:
    """Replace version `learner.version` by this learner; nothing happens where another one came first."""
    await conn.execute(
        KEEP,
        site_id,
        learner.version,
        learner.weights,
        learner.spam,
        learner.ham,
        learner.lessons,
        read_at,
    )


async def nothing_new(conn: Connection, site_id: int, read_at: datetime) -> None:
    """Note that the lessons are what they were."""
    await conn.execute(NOTHING_NEW, site_id, read_at)


async def mark_stale(conn: Connection, site_ids: Sequence[int]) -> None:
    """Have the lessons of these sites looked at anew, after something else than a decision changed them."""
    await conn.execute(STALE, list(site_ids))


async def now(conn: Connection) -> datetime:
    """The database's time."""
    moment: datetime = await conn.fetchval(NOW)
    return moment
