"""Campaigns: no table of their own, but what comments with the same `campaign_id` have in common."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from service.model.campaigns import Campaign
from service.model.comments import LockedComment, Status
from service.store.database import Connection

# Those that wait for somebody, the largest first; what was decided of them before is part of the count.
WAITING: Final = """
WITH waiting AS (
    SELECT site_id, campaign_id, count(*) AS pending
      FROM comment
     WHERE site_id = ANY($1::integer[]) AND status = 'pending' AND campaign_id IS NOT NULL
     GROUP BY site_id, campaign_id
     ORDER BY pending DESC, campaign_id DESC
     LIMIT $2
)
SELECT w.campaign_id AS id, s.slug AS site, m.*, t.text
  FROM waiting w
  JOIN site s ON s.id = w.site_id
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.status = 'pending') AS pending,
              count(*) FILTER (WHERE c.status = 'approved') AS approved,
              count(*) FILTER (WHERE c.status = 'rejected') AS rejected,
              count(DISTINCT c.page_id) AS pages,
              min(c.created_at) AS first_at, max(c.created_at) AS last_at,
              (array_agg(c.id ORDER BY c.id DESC))[1] AS last_id
         FROM comment c
        WHERE c.site_id = w.site_id AND c.campaign_id = w.campaign_id) m
  JOIN comment t ON t.site_id = w.site_id AND t.id = m.last_id
 ORDER BY m.pending DESC, w.campaign_id DESC
"""
LOCK_MEMBERS: Final = """
SELECT id, site_id, page_id, status, version
  FROM comment
 WHERE site_id = $1 AND campaign_id = $2 AND id <= $3
 ORDER BY id
   FOR UPDATE
"""
LOCK_BATCH: Final = """
SELECT c.id, c.site_id, c.page_id, c.status, c.version, d.version AS decided_version
  FROM decision d
  JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
 WHERE d.site_id = ANY($1::integer[]) AND d.batch_id = $2
 ORDER BY c.id
   FOR UPDATE OF c
"""


async def waiting(conn: Connection, site_ids: Sequence[int], limit: int) -> Sequence[Campaign]:
    """Up to `limit` campaigns of these sites with pending comments, the most pending first."""
    return [Campaign(**dict(row)) for row in await conn.fetch(WAITING, list(site_ids), limit)]


async def lock_members(
    conn: Connection, site_id: int, campaign_id: UUID, last: UUID
) -> Sequence[LockedComment]:
    """Take the rows of a campaign's comments up to the id `last`, in order, so that two acts cannot block."""
    return [_locked(row) for row in await conn.fetch(LOCK_MEMBERS, site_id, campaign_id, last)]


async def lock_batch(
    conn: Connection, site_ids: Sequence[int], batch_id: UUID
) -> Sequence[tuple[LockedComment, bool]]:
    """Take the rows that one act decided, each with whether that decision is still the latest."""
    rows = await conn.fetch(LOCK_BATCH, list(site_ids), batch_id)
    return [(_locked(row), row["version"] == row["decided_version"]) for row in rows]


def _locked(row: asyncpg.Record) -> LockedComment:
    return LockedComment(row["id"], row["site_id"], row["page_id"], Status(row["status"]), row["version"])
