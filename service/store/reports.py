"""Table `report`: what readers think of published comments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from service.model.authoring import Report, Reports
from service.model.decisions import Reason
from service.store.database import Connection

# One for each network and comment, also after a moderator has dismissed it: only others bring it back.
ADD: Final = """
WITH published AS (
    SELECT site_id, id
      FROM comment
     WHERE site_id = $1 AND id = $2 AND status = 'approved' AND gone_at IS NULL
), added AS (
    INSERT INTO report (site_id, comment_id, reporter, reason, note)
    SELECT site_id, id, $3, $4, $5 FROM published
    ON CONFLICT DO NOTHING
    RETURNING 1
), counted AS (
    UPDATE comment c
       SET open_reports = c.open_reports + 1
      FROM published p
     WHERE c.site_id = p.site_id AND c.id = p.id AND EXISTS (SELECT FROM added)
    RETURNING c.site_id, c.id, c.version
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version)
    SELECT site_id, 'reported', id, version FROM counted
)
SELECT EXISTS (SELECT FROM published)
"""
# Of each comment the counts, and the notes of the latest reports.
OPEN: Final = """
SELECT r.comment_id, r.reason, count(*) AS reports, min(r.reported_at) AS first_at,
       max(r.reported_at) AS last_at,
       (array_agg(r.note ORDER BY r.reported_at DESC) FILTER (WHERE r.note IS NOT NULL))[1:10] AS notes
  FROM unnest($1::integer[], $2::uuid[]) AS wanted(site_id, id)
  JOIN report r ON r.site_id = wanted.site_id AND r.comment_id = wanted.id AND r.resolved_at IS NULL
 GROUP BY r.comment_id, r.reason
 ORDER BY r.comment_id, reports DESC, r.reason
"""
# What came in after the last one that was seen stays open.
RESOLVE: Final = """
WITH resolved AS (
    UPDATE report
       SET resolved_at = now()
     WHERE site_id = $1 AND comment_id = $2 AND resolved_at IS NULL
           AND reported_at <= coalesce($3::timestamptz, 'infinity')
    RETURNING 1
), counted AS (
    UPDATE comment
       SET open_reports = open_reports - (SELECT count(*) FROM resolved)
     WHERE site_id = $1 AND id = $2
)
SELECT count(*) FROM resolved
"""


async def add(conn: Connection, site_id: int, comment_id: UUID, report: Report) -> bool:
    """Write a report down, unless this reporter has one; False where no such comment is published."""
    return bool(
        await conn.fetchval(ADD, site_id, comment_id, report.reporter, report.reason.value, report.note)
    )


async def of_comments(conn: Connection, keys: Sequence[tuple[int, UUID]]) -> dict[UUID, Reports]:
    """The open reports of these comments (site id, id); a comment without any is left out."""
    rows = await conn.fetch(OPEN, [site_id for site_id, _ in keys], [comment_id for _, comment_id in keys])
    found: dict[UUID, Reports] = {}
    for row in rows:
        before = found.get(row["comment_id"])
        counts, notes = {Reason(row["reason"]): row["reports"]}, tuple(row["notes"] or ())
        first_at, last_at = row["first_at"], row["last_at"]
        if before:
            counts, notes = before.counts | counts, before.notes + notes
            first_at, last_at = min(before.first_at, first_at), max(before.last_at, last_at)
        found[row["comment_id"]] = Reports(counts, notes, first_at, last_at)
    return found


async def resolve(conn: Connection, site_id: int, comment_id: UUID, until: datetime | None = None) -> int:
    """Close the open reports of a comment whose row this transaction holds, and give how many there were.

    Those that came in after `until` stay open.
    """
    return int(await conn.fetchval(RESOLVE, site_id, comment_id, until))
