"""Batches: no table of their own, but what decisions with the same `batch_id` have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.model.batches import Outcome, Summary
from service.model.comments import Status
from service.store.database import Connection

SITES: Final = """
SELECT w.site_id
  FROM unnest($1::integer[]) AS w(site_id)
 WHERE EXISTS (SELECT FROM decision d WHERE d.site_id = w.site_id AND d.batch_id = $2)
 ORDER BY w.site_id
"""
# Each decision with what became of its comment: it stands while the comment has the version that it made.
PAGE: Final = """
SELECT d.site_id, d.comment_id, d.version AS made, c.page_id, c.status, c.version,
       coalesce(n.batch_id = $3, false) AS undone, d.after
  FROM decision d
  JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
  LEFT JOIN decision n ON n.site_id = d.site_id AND n.comment_id = d.comment_id AND n.version = d.version + 1
 WHERE d.site_id = $1 AND d.batch_id = $2 AND d.comment_id > $4
 ORDER BY d.comment_id
 LIMIT $5
"""
# Where a large one broke off: the last comment that it decided, if those are more than so many.
REACHED: Final = """
SELECT comment_id
  FROM decision d
 WHERE site_id = $1 AND batch_id = $2
       AND EXISTS (SELECT FROM decision e WHERE e.site_id = $1 AND e.batch_id = $2 OFFSET $3)
 ORDER BY comment_id DESC
 LIMIT 1
"""
STANDING: Final = """
SELECT count(*)
  FROM decision d
  JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id AND c.version = d.version
 WHERE d.site_id = $1 AND d.batch_id = $2 AND d.comment_id > $3
"""
SUMMARY: Final = """
SELECT (array_agg(d.decided_by ORDER BY d.id))[1] AS by, min(d.decided_at) AS at, count(*) AS decided,
       count(*) FILTER (WHERE d.after = 'approved') AS approved,
       count(*) FILTER (WHERE d.after = 'rejected') AS rejected,
       count(*) FILTER (WHERE d.after = 'pending') AS pending,
       count(*) FILTER (WHERE c.version = d.version) AS standing
  FROM decision d
  JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
 WHERE d.site_id = ANY($1::integer[]) AND d.batch_id = $2
HAVING count(*) > 0
"""
OUTCOMES: Final = """
SELECT d.site_id, d.comment_id, c.page_id, d.before, d.after, d.version
  FROM decision d
  JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
 WHERE d.site_id = ANY($1::integer[]) AND d.batch_id = $2
 ORDER BY d.comment_id, d.version
 LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision of a batch, and its comment as it is now.

    `made` is the version that the decision made, `after` the status it led to; `undone` says that the
    undoing of this batch was the next decision on the comment.
    """

    site_id: int
    comment_id: UUID
    page_id: UUID
    made: int
    after: Status
    status: Status
    version: int
    undone: bool

    @property
    def stands(self) -> bool:
        """Whether nothing happened to the comment since."""
        return self.version == self.made


async def summary(conn: Connection, site_ids: Sequence[int], batch_id: UUID) -> Summary | None:
    """What one act did on these sites, and how much of it stands; None where it did nothing."""
    row = await conn.fetchrow(SUMMARY, list(site_ids), batch_id)
    return None if row is None else Summary(id=batch_id, **dict(row))


async def sites_of(conn: Connection, site_ids: Sequence[int], batch_id: UUID) -> list[int]:
    """On which of these sites the batch decided anything."""
    return [row["site_id"] for row in await conn.fetch(SITES, list(site_ids), batch_id)]


async def page(
    conn: Connection, site_id: int, batch_id: UUID, undoing: UUID, start: UUID, limit: int
) -> Sequence[Entry]:
    """Up to `limit` decisions of a batch on comments with ids after `start`, in their order."""
    return [
        Entry(
            site_id=row["site_id"],
            comment_id=row["comment_id"],
            page_id=row["page_id"],
            made=row["made"],
            after=Status(row["after"]),
            status=Status(row["status"]),
            version=row["version"],
            undone=row["undone"],
        )
        for row in await conn.fetch(PAGE, site_id, batch_id, undoing, start, limit)
    ]


async def reached(conn: Connection, site_id: int, batch_id: UUID, beyond: int) -> UUID | None:
    """The last comment of a batch that decided more than `beyond` comments on a site; else None."""
    found: UUID | None = await conn.fetchval(REACHED, site_id, batch_id, beyond)
    return found


async def count_standing(conn: Connection, site_id: int, batch_id: UUID, start: UUID) -> int:
    """How many of a batch's decisions on comments with ids after `start` are still the latest."""
    return int(await conn.fetchval(STANDING, site_id, batch_id, start))


async def outcomes(
    conn: Connection, site_ids: Sequence[int], batch_id: UUID, limit: int
) -> Sequence[Outcome]:
    """What a batch did, as the log has it, to the first `limit` comments."""
    return [
        Outcome(
            site_id=row["site_id"],
            comment_id=row["comment_id"],
            page_id=row["page_id"],
            before=Status(row["before"]),
            after=Status(row["after"]),
            version=row["version"],
            changed=True,
        )
        for row in await conn.fetch(OUTCOMES, list(site_ids), batch_id, limit)
    ]
