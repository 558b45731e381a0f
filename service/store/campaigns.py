"""Campaigns: no table of their own, but what comments with the same `campaign_id` have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.model.campaigns import Campaign
from service.model.comments import Status
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
# Those that are not as they should be yet: what is done already is passed over by the index.
MEMBERS: Final = """
SELECT id
  FROM comment
 WHERE site_id = $1 AND campaign_id = $2 AND id > $3 AND id <= $4 AND status <> $5
       AND id <> ALL($6::uuid[])
 ORDER BY id
 LIMIT $7
"""
COUNT_MEMBERS: Final = """
SELECT count(*)
  FROM comment
 WHERE site_id = $1 AND campaign_id = $2 AND id > $3 AND id <= $4 AND status <> $5
       AND id <> ALL($6::uuid[])
"""
IS_ONE: Final = "SELECT EXISTS (SELECT FROM comment WHERE site_id = $1 AND campaign_id = $2)"


@dataclass(frozen=True, slots=True)
class Aim:
    """Which comments of a campaign an act is about: up to `last`, some left out, and not `after` yet."""

    site_id: int
    campaign_id: UUID
    last: UUID
    left_out: Sequence[UUID]
    after: Status


async def waiting(conn: Connection, site_ids: Sequence[int], limit: int) -> Sequence[Campaign]:
    """Up to `limit` campaigns of these sites with pending comments, the most pending first."""
    return [Campaign(**dict(row)) for row in await conn.fetch(WAITING, list(site_ids), limit)]


async def members(conn: Connection, aim: Aim, start: UUID, limit: int) -> list[UUID]:
    """Up to `limit` of the comments aimed at with ids after `start`, in order."""
    found = await conn.fetch(
        MEMBERS, aim.site_id, aim.campaign_id, start, aim.last, aim.after.value, list(aim.left_out), limit
    )
    return [row["id"] for row in found]


async def count_members(conn: Connection, aim: Aim, start: UUID) -> int:
    """How many of the comments aimed at have ids after `start`."""
    return int(
        await conn.fetchval(
            COUNT_MEMBERS, aim.site_id, aim.campaign_id, start, aim.last, aim.after.value, list(aim.left_out)
        )
    )


async def is_one(conn: Connection, site_id: int, campaign_id: UUID) -> bool:
    """Whether the site has a campaign of this id."""
    return bool(await conn.fetchval(IS_ONE, site_id, campaign_id))
