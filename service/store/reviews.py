"""Table `review`: decisions that a second person makes again, blind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.decisions import Action, Reason
from service.model.opinions import OpenReview, Pair
from service.store.database import Connection

# What was decided anew since, or changed by its author, is nothing to compare an opinion with any more.
OPEN: Final = """
SELECT r.decision_id, s.slug AS site, p.url AS page_url, p.title AS page_title, c.name, c.website, c.text,
       c.created_at, q.text AS replies_to
  FROM unnest($1::integer[]) AS wanted(site_id)
 CROSS JOIN LATERAL (
       SELECT v.site_id, v.decision_id, v.comment_id, v.drawn_at
         FROM review v
         JOIN decision d ON d.site_id = v.site_id AND d.id = v.decision_id
         JOIN comment k ON k.site_id = v.site_id AND k.id = v.comment_id AND k.version = d.version
        WHERE v.site_id = wanted.site_id AND v.reviewed_at IS NULL AND v.decided_by <> $2
              AND k.gone_at IS NULL
        ORDER BY v.drawn_at, v.decision_id
        LIMIT $3) AS r
  JOIN comment c ON c.site_id = r.site_id AND c.id = r.comment_id
  JOIN page p ON p.site_id = c.site_id AND p.id = c.page_id
  JOIN site s ON s.id = c.site_id
  LEFT JOIN comment q ON q.site_id = c.site_id AND q.id = c.parent_id
 ORDER BY r.drawn_at, r.decision_id
 LIMIT $3
"""
COMMENT_OF: Final = (
    "SELECT site_id, comment_id FROM review WHERE site_id = ANY($1::integer[]) AND decision_id = $2"
)
# The comment's row is held, so that nobody decides in between.
ANSWER: Final = """
UPDATE review r
   SET reviewed_by = $3, reviewed_at = now(), own_action = $4, own_reason = $5
  FROM decision d, comment c
 WHERE r.site_id = $1 AND r.decision_id = $2 AND r.reviewed_at IS NULL AND r.decided_by <> $3
       AND d.site_id = r.site_id AND d.id = r.decision_id
       AND c.site_id = r.site_id AND c.id = r.comment_id AND c.version = d.version
RETURNING r.decided_by, r.action, r.reason
"""
PAIRS: Final = """
SELECT decided_by, coalesce(reason, action) AS first, coalesce(own_reason, own_action) AS second,
       count(*) AS count
  FROM review
 WHERE site_id = ANY($1::integer[]) AND reviewed_at > now() - $2::interval
 GROUP BY decided_by, coalesce(reason, action), coalesce(own_reason, own_action)
"""


@dataclass(frozen=True, slots=True)
class First:
    """The opinion that was there before."""

    by: str
    action: Action
    reason: Reason | None


async def open_for(conn: Connection, site_ids: Sequence[int], name: str, limit: int) -> Sequence[OpenReview]:
    """Up to `limit` decisions of others that wait for this person's opinion, the longest waiting first."""
    return [OpenReview(**dict(row)) for row in await conn.fetch(OPEN, list(site_ids), name, limit)]


async def comment_of(conn: Connection, site_ids: Sequence[int], decision_id: UUID) -> tuple[int, UUID] | None:
    """The site and the comment that a review is about."""
    row = await conn.fetchrow(COMMENT_OF, list(site_ids), decision_id)
    return None if row is None else (row["site_id"], row["comment_id"])


async def answer(
    conn: Connection, site_id: int, decision_id: UUID, by: str, action: Action, reason: Reason | None
) -> First | None:
    """Write down a second opinion, and give the first; None where it is not theirs to give (any more)."""
    row: asyncpg.Record | None = await conn.fetchrow(
        ANSWER, site_id, decision_id, by, action.value, reason.value if reason else None
    )
    if row is None:
        return None
    return First(row["decided_by"], Action(row["action"]), Reason(row["reason"]) if row["reason"] else None)


async def pairs(conn: Connection, site_ids: Sequence[int], within: timedelta) -> Sequence[Pair]:
    """How often whose first opinions met which second ones, of what was answered within this time."""
    return [Pair(**dict(row)) for row in await conn.fetch(PAIRS, list(site_ids), within)]
