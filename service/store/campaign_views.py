"""One campaign looked at closely: how large, how spread, how alike, and where it leads."""

from typing import Final
from uuid import UUID

import asyncpg

from service.model.campaigns import Campaign, CampaignView, Likenesses, Spread
from service.screening.likeness import SIMILAR
from service.store import comments
from service.store.database import Connection

SUMMARY: Final = """
SELECT s.slug AS site, m.*, t.text
  FROM site s
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.status = 'pending') AS pending,
              count(*) FILTER (WHERE c.status = 'approved') AS approved,
              count(*) FILTER (WHERE c.status = 'rejected') AS rejected,
              count(DISTINCT c.page_id) AS pages,
              min(c.created_at) AS first_at, max(c.created_at) AS last_at,
              (array_agg(c.id ORDER BY c.id DESC))[1] AS last_id,
              percentile_cont(ARRAY[0, 0.25, 0.5, 0.75, 1]) WITHIN GROUP (ORDER BY c.score) AS spread
         FROM comment c
        WHERE c.site_id = s.id AND c.campaign_id = $2) m
  JOIN comment t ON t.site_id = s.id AND t.id = m.last_id
 WHERE s.id = $1
"""
HOSTS: Final = """
SELECT l.host, count(*) AS count
  FROM (SELECT id FROM comment
         WHERE site_id = $1 AND campaign_id = $2 AND id <= $3
         ORDER BY id DESC
         LIMIT $4) c
  JOIN link l ON l.site_id = $1 AND l.comment_id = c.id
 GROUP BY l.host
 ORDER BY count DESC, l.host
 LIMIT 10
"""
# Comments join a campaign by being like any one in it, so that its ends may have nothing in common: each
# text is compared with the commonest.
ALIKE: Final = """
WITH texts AS (
    SELECT l.digest, count(*) AS count, (array_agg(c.id ORDER BY c.id DESC))[1] AS latest,
           (array_agg(l.normal))[1] AS normal
      FROM (SELECT id FROM comment
             WHERE site_id = $1 AND campaign_id = $2 AND id <= $3
             ORDER BY id DESC
             LIMIT $4) c
      JOIN likeness l ON l.site_id = $1 AND l.comment_id = c.id
     GROUP BY l.digest
), commonest AS (
    SELECT normal FROM texts ORDER BY count DESC, digest LIMIT 1
), compared AS (
    SELECT t.count, t.latest, similarity(t.normal, m.normal) AS alike FROM texts t, commonest m
)
SELECT coalesce(sum(count), 0)::bigint AS compared, count(*) AS texts,
       coalesce(sum(count) FILTER (WHERE alike < $5), 0)::bigint AS different,
       (array_agg(latest ORDER BY alike, latest) FILTER (WHERE alike < $5))[1:10] AS outliers,
       (array_agg(latest ORDER BY count DESC, latest DESC) FILTER (WHERE alike >= $5))[1:5] AS typical
  FROM compared
"""
# So many are looked at one by one; in larger campaigns, the latest.
_COMPARED: Final = 500


async def view(conn: Connection, site_id: int, campaign_id: UUID) -> CampaignView | None:
    """A campaign of a site, looked at closely; None where there is none of this id."""
    row = await conn.fetchrow(SUMMARY, site_id, campaign_id)
    if row is None:
        return None
    about = site_id, campaign_id, row["last_id"], _COMPARED
    hosts = [(found["host"], found["count"]) for found in await conn.fetch(HOSTS, *about)]
    alike = await conn.fetchrow(ALIKE, *about, SIMILAR)
    assert alike is not None
    likenesses = Likenesses(
        compared=alike["compared"],
        texts=alike["texts"],
        different=alike["different"],
        outliers=await comments.many(conn, [site_id], alike["outliers"] or ()),
        typical=await comments.many(conn, [site_id], alike["typical"] or ()),
    )
    return CampaignView(_campaign(row, campaign_id), Spread(*row["spread"]), hosts, likenesses)


def _campaign(row: asyncpg.Record, campaign_id: UUID) -> Campaign:
    return Campaign(
        id=campaign_id,
        site=row["site"],
        pending=row["pending"],
        approved=row["approved"],
        rejected=row["rejected"],
        pages=row["pages"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        last_id=row["last_id"],
        text=row["text"],
    )
