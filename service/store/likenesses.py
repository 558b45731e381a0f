"""Table `likeness`: earlier comments with the same words, or nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.model.likeness import Print
from service.screening.facts import Likeness, Record
from service.screening.likeness import SIMILAR
from service.store.database import Connection

_MASK: Final = (1 << 64) - 1
_MIX: Final = 0x9E3779B97F4A7C15

# The newest hundred that say the same are enough to know a campaign, and cap what it costs. Of those that
# share a band most are strangers on a large site, so a thousand are compared. Overlap without the index costs
# the product of both lengths for every row of the table, and the planner must not be led to that: neither by
# the statistics of bands, which it cannot apply to what a subquery gives, nor by the order of the ids, which
# is no concern of a materialised part. Texts are compared in a part of its own as well: before a new
# installation's first ANALYZE, the planner compares all of them again for every comment that there is.
FIND: Final = """
WITH sharing AS MATERIALIZED (
    SELECT comment_id, digest, normal
      FROM likeness
     WHERE site_id = $1 AND bands && (SELECT $3::bigint[]) AND digest <> $2
           AND comment_id IS DISTINCT FROM $6
), candidates AS (
    (SELECT comment_id, digest, normal
       FROM likeness
      WHERE site_id = $1 AND digest = $2 AND comment_id IS DISTINCT FROM $6
      ORDER BY comment_id DESC
      LIMIT 100)
     UNION ALL
    (SELECT comment_id, digest, normal
       FROM sharing
      ORDER BY comment_id DESC
      LIMIT 1000)
), near AS MATERIALIZED (
    SELECT comment_id, digest = $2 AS same, similarity(normal, $4) AS alike
      FROM candidates
     WHERE digest = $2 OR similarity(normal, $4) >= $5
     ORDER BY comment_id DESC
     LIMIT 200
), known AS (
    SELECT n.comment_id, n.same, n.alike, c.page_id, c.status, c.reason, c.campaign_id
      FROM near n
      JOIN comment c ON c.site_id = $1 AND c.id = n.comment_id
)
SELECT count(*) FILTER (WHERE same) AS same,
       count(*) FILTER (WHERE NOT same) AS similar,
       count(DISTINCT page_id) AS pages,
       count(*) FILTER (WHERE status = 'approved') AS approved,
       count(*) FILTER (WHERE status = 'rejected' AND reason = 'spam') AS spam,
       count(*) FILTER (WHERE status = 'rejected' AND reason <> 'spam') AS rejected,
       (array_agg(coalesce(campaign_id, comment_id) ORDER BY alike DESC, comment_id))[1] AS campaign_id
  FROM known
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about texts like this one, and the campaign that it belongs to (None: it is alone)."""

    likeness: Likeness
    campaign_id: UUID | None


async def find(conn: Connection, site_id: int, printed: Print, but: UUID | None = None) -> Found:
    """Comments of this site, other than `but`, that say the same as this, or nearly so."""
    row = await conn.fetchrow(
        FIND, site_id, printed.digest, bands_of(site_id, printed), printed.normal, SIMILAR, but
    )
    assert row is not None
    record = Record(row["approved"], row["spam"], row["rejected"])
    return Found(Likeness(row["same"], row["similar"], row["pages"], record), row["campaign_id"])


def bands_of(site_id: int, printed: Print) -> Sequence[int]:
    """The bands mixed with the site, so that one index serves all sites and none meets another's."""
    salt = site_id * _MIX & _MASK
    return [((band & _MASK) ^ salt) - (1 << 63) for band in printed.bands]
