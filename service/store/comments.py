"""Table `comment` as moderators see it: the queue, one comment, and its lock."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from service.model.comments import Comment, LockedComment, Standing, Status
from service.model.decisions import Action, Decision, Reason
from service.model.screenings import Verdict
from service.store import signals
from service.store.database import Connection

# One keyset look-up for each site, merged: an index answers it whatever the length of the queue.
QUEUE_PAGE: Final = """
SELECT c.*
  FROM unnest($1::integer[]) AS wanted(site_id)
 CROSS JOIN LATERAL (
       SELECT q.site_id, q.id
         FROM comment q
        WHERE q.site_id = wanted.site_id AND q.status = 'pending' AND q.id > $2
        ORDER BY q.id
        LIMIT $3) AS c
 ORDER BY c.id
 LIMIT $3
"""
DECIDED_PAGE: Final = """
SELECT d.site_id, d.comment_id AS id
  FROM unnest($1::integer[]) AS wanted(site_id)
 CROSS JOIN LATERAL (
       SELECT l.site_id, l.comment_id, l.decided_at, l.id AS decision_id
         FROM decision l
        WHERE l.site_id = wanted.site_id
        ORDER BY l.decided_at DESC
        LIMIT $2) AS d
 ORDER BY d.decided_at DESC, d.decision_id DESC
 LIMIT $2
"""
CAMPAIGN_PAGE: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = $1 AND campaign_id = $2 AND id > $3
 ORDER BY id
 LIMIT $4
"""
BY_ID: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = $2
"""
FULL: Final = """
SELECT c.id, c.site_id, s.slug AS site, c.page_id, p.url AS page_url, p.title AS page_title, c.parent_id,
       c.name, c.website, c.text, c.status, c.version, c.score, c.severity, c.verdict, c.created_at,
       c.unseen, c.campaign_id,
       (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.position), '[]')
          FROM signal g
         WHERE g.site_id = c.site_id AND g.comment_id = c.id) AS signals
  FROM unnest($1::integer[], $2::uuid[]) WITH ORDINALITY AS wanted(site_id, id, place)
  JOIN comment c ON c.site_id = wanted.site_id AND c.id = wanted.id
  JOIN site s ON s.id = c.site_id
  JOIN page p ON p.site_id = c.site_id AND p.id = c.page_id
 ORDER BY wanted.place
"""
DECISIONS: Final = """
SELECT d.comment_id, d.id, d.action, d.reason, d.note, d.before, d.after, d.version, d.decided_by,
       d.decided_at, d.automatic, d.batch_id
  FROM unnest($1::integer[], $2::uuid[]) AS wanted(site_id, id)
  JOIN decision d ON d.site_id = wanted.site_id AND d.comment_id = wanted.id
 ORDER BY d.version
"""
FIRST: Final = UUID(int=0)
LOCK: Final = """
SELECT id, site_id, page_id, status, version
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = $2
   FOR UPDATE
"""
SET_STANDING: Final = """
UPDATE comment
   SET status = $3, reason = $4, decided_by = $5, version = version + 1
 WHERE site_id = $1 AND id = $2
"""


async def queue_page(conn: Connection, site_ids: Sequence[int], after: UUID, limit: int) -> Sequence[Comment]:
    """Up to `limit` pending comments of these sites with ids after `after`, oldest first."""
    return await _full(conn, await conn.fetch(QUEUE_PAGE, list(site_ids), after, limit))


async def decided_lately(conn: Connection, site_ids: Sequence[int], limit: int) -> Sequence[Comment]:
    """The comments of the latest `limit` decisions on these sites, newest first, each once."""
    rows = await conn.fetch(DECIDED_PAGE, list(site_ids), limit)
    return await _full(conn, list({row["id"]: row for row in reversed(rows)}.values())[::-1])


async def campaign_page(
    conn: Connection, site_id: int, campaign_id: UUID, after: UUID, limit: int
) -> Sequence[Comment]:
    """Up to `limit` comments of a campaign with ids after `after`, oldest first, whatever their status."""
    return await _full(conn, await conn.fetch(CAMPAIGN_PAGE, site_id, campaign_id, after, limit))


async def get(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> Comment | None:
    """One comment with its bill and its decisions, if it belongs to one of these sites."""
    found = await _full(conn, await conn.fetch(BY_ID, list(site_ids), comment_id))
    return found[0] if found else None


async def lock(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> LockedComment | None:
    """Take the row for the length of the transaction."""
    row = await conn.fetchrow(LOCK, list(site_ids), comment_id)
    if row is None:
        return None
    return LockedComment(row["id"], row["site_id"], row["page_id"], Status(row["status"]), row["version"])


async def set_standing(conn: Connection, site_id: int, comment_id: UUID, standing: Standing) -> None:
    """Write down what a decision made of the comment, and give it the next version."""
    reason = standing.reason.value if standing.reason else None
    by = None if standing.status is Status.PENDING else "policy" if standing.automatic else "person"
    await conn.execute(SET_STANDING, site_id, comment_id, standing.status.value, reason, by)


async def _full(conn: Connection, keys: Sequence[asyncpg.Record]) -> Sequence[Comment]:
    if not keys:
        return []
    wanted = [row["site_id"] for row in keys], [row["id"] for row in keys]
    decisions: dict[UUID, list[Decision]] = {}
    for row in await conn.fetch(DECISIONS, *wanted):
        decisions.setdefault(row["comment_id"], []).append(_decision(row))
    return [_comment(row, decisions.get(row["id"], [])) for row in await conn.fetch(FULL, *wanted)]


def _comment(row: asyncpg.Record, decisions: Sequence[Decision]) -> Comment:
    return Comment(
        id=row["id"],
        site_id=row["site_id"],
        site=row["site"],
        page_id=row["page_id"],
        page_url=row["page_url"],
        page_title=row["page_title"],
        parent_id=row["parent_id"],
        name=row["name"],
        website=row["website"],
        text=row["text"],
        status=Status(row["status"]),
        version=row["version"],
        score=row["score"],
        severity=row["severity"],
        verdict=Verdict(row["verdict"]),
        created_at=row["created_at"],
        unseen=row["unseen"],
        campaign_id=row["campaign_id"],
        signals=signals.from_json(row["signals"]),
        decisions=decisions,
    )


def _decision(row: asyncpg.Record) -> Decision:
    return Decision(
        id=row["id"],
        action=Action(row["action"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        note=row["note"],
        before=row["before"],
        after=row["after"],
        version=row["version"],
        by=row["decided_by"],
        at=row["decided_at"],
        automatic=row["automatic"],
        batch_id=row["batch_id"],
    )
