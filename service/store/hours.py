"""Table `hour`: counted from comments and decisions, and what filters said of decided comments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.model.metrics import BINS, FIRST_SECONDS, FilterRecord, Span
from service.store.database import Connection

# Everything that happened in [$2, $3), hour by hour; counting again gives the same, so a crash costs nothing.
COUNT: Final = """
WITH arrived AS (
    SELECT date_trunc('hour', created_at) AS at, count(*) AS submitted
      FROM comment
     WHERE site_id = $1 AND id >= $4 AND created_at >= $2 AND created_at < $3
     GROUP BY 1
), decided AS (
    SELECT date_trunc('hour', d.decided_at) AS at,
           count(*) FILTER (WHERE d.action = 'approve' AND NOT d.automatic) AS approved,
           count(*) FILTER (WHERE d.action = 'reject' AND NOT d.automatic) AS rejected,
           count(*) FILTER (WHERE d.reason = 'spam' AND NOT d.automatic) AS spam,
           count(*) FILTER (WHERE d.action = 'approve' AND d.automatic) AS approved_by_policy,
           count(*) FILTER (WHERE d.action = 'reject' AND d.automatic) AS rejected_by_policy,
           count(*) FILTER (WHERE d.action = 'undo') AS undone
      FROM decision d
     WHERE d.site_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3
     GROUP BY 1
), waited AS (
    SELECT at, array_agg(n ORDER BY bin) AS waits
      FROM (SELECT h.at, b.bin, count(w.bin) AS n
              FROM (SELECT DISTINCT date_trunc('hour', decided_at) AS at FROM decision
                     WHERE site_id = $1 AND decided_at >= $2 AND decided_at < $3) h
             CROSS JOIN generate_series(0, $5::integer - 1) AS b(bin)
              LEFT JOIN (
                   SELECT date_trunc('hour', d.decided_at) AS at,
                          least(greatest(ceil(4 * log(2, greatest(extract(epoch FROM
                                d.decided_at - coalesce(c.edited_at, c.created_at)) / $6::numeric, 1))), 0),
                                $5 - 1)::integer AS bin
                     FROM decision d
                     JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
                    WHERE d.site_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3
                          AND d.before = 'pending' AND NOT d.automatic AND d.action <> 'undo'
                          AND NOT EXISTS (SELECT FROM decision e
                                           WHERE e.site_id = d.site_id AND e.comment_id = d.comment_id
                                                 AND e.version < d.version)) w
                   ON w.at = h.at AND w.bin = b.bin
             GROUP BY h.at, b.bin) x
     GROUP BY at
)
INSERT INTO hour AS h (site_id, begins_at, submitted, approved, rejected, spam, approved_by_policy,
                       rejected_by_policy, undone, waits)
SELECT $1, at, coalesce(a.submitted, 0), coalesce(d.approved, 0), coalesce(d.rejected, 0),
       coalesce(d.spam, 0), coalesce(d.approved_by_policy, 0), coalesce(d.rejected_by_policy, 0),
       coalesce(d.undone, 0), coalesce(w.waits, '{}')
  FROM arrived a
  FULL JOIN decided d USING (at)
  LEFT JOIN waited w USING (at)
ON CONFLICT (site_id, begins_at) DO UPDATE
   SET submitted = excluded.submitted, approved = excluded.approved, rejected = excluded.rejected,
       spam = excluded.spam, approved_by_policy = excluded.approved_by_policy,
       rejected_by_policy = excluded.rejected_by_policy, undone = excluded.undone, waits = excluded.waits
"""
LOOK: Final = """
INSERT INTO hour AS h (site_id, begins_at, pending, oldest_seconds)
SELECT $1, date_trunc('hour', now()), q.pending, q.oldest
  FROM (SELECT count(*) AS pending,
               coalesce(extract(epoch FROM now() - min(created_at)), 0)::integer AS oldest
          FROM comment
         WHERE site_id = $1 AND status = 'pending') q
ON CONFLICT (site_id, begins_at) DO UPDATE
   SET pending = excluded.pending, oldest_seconds = excluded.oldest_seconds
"""
# The last hour that was counted is counted once more: it may have gone on since.
COUNTED_TO: Final = """
SELECT coalesce((SELECT max(begins_at) FROM hour
                  WHERE site_id = $1 AND begins_at < date_trunc('hour', now())),
                (SELECT created_at FROM comment WHERE site_id = $1 ORDER BY id LIMIT 1))
"""
BETWEEN: Final = """
SELECT begins_at, submitted, approved, rejected, spam, approved_by_policy, rejected_by_policy, undone, waits,
       pending, oldest_seconds
  FROM hour
 WHERE site_id = $1 AND begins_at >= $2 AND begins_at < $3
 ORDER BY begins_at
"""
FILTERS: Final = """
WITH decided AS (
    SELECT id, status, reason
      FROM comment
     WHERE site_id = $1 AND decided_by = 'person'
     ORDER BY id DESC
     LIMIT $2
)
SELECT s.name, count(*) AS comments, count(*) FILTER (WHERE d.status = 'rejected') AS rejected,
       count(*) FILTER (WHERE d.reason = 'spam') AS spam
  FROM decided d
  JOIN signal s ON s.site_id = $1 AND s.comment_id = d.id
 WHERE s.strength > 0
 GROUP BY s.name
 ORDER BY comments DESC, s.name
"""


async def count(conn: Connection, site_id: int, since: datetime, until: datetime, first: UUID) -> None:
    """Count the hours of [since, until) anew; `first` is what no id made from `since` on lies below."""
    await conn.execute(COUNT, site_id, since, until, first, BINS, FIRST_SECONDS)


async def look(conn: Connection, site_id: int) -> None:
    """Note how long the queue is now, and how old its oldest comment."""
    await conn.execute(LOOK, site_id)


async def counted_to(conn: Connection, site_id: int) -> datetime | None:
    """From when on is to be counted; None where there is nothing to count."""
    found: datetime | None = await conn.fetchval(COUNTED_TO, site_id)
    return found


async def between(conn: Connection, site_id: int, since: datetime, until: datetime) -> Sequence[Span]:
    """The hours of [since, until) in which something happened, oldest first."""
    return [_span(row) for row in await conn.fetch(BETWEEN, site_id, since, until)]


async def filters(conn: Connection, site_id: int, last: int) -> Sequence[FilterRecord]:
    """What filters said of the `last` comments that people decided, the most talkative first."""
    rows = await conn.fetch(FILTERS, site_id, last)
    return [FilterRecord(row["name"], row["comments"], row["rejected"], row["spam"]) for row in rows]


def _span(row: asyncpg.Record) -> Span:
    return Span(**dict(row))
