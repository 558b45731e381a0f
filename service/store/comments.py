"""Table `comment` as moderators see it: the queue, one comment, and its lock."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from service.model.comments import Comment, LockedComment, Status
from service.model.decisions import Action, Decision, Reason
from service.model.leases import Lease
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
NEWEST: Final = "SELECT site_id, id FROM comment WHERE site_id = $1 ORDER BY id DESC LIMIT 1"
REPORTED_PAGE: Final = """
SELECT c.*
  FROM unnest($1::integer[]) AS wanted(site_id)
 CROSS JOIN LATERAL (
       SELECT q.site_id, q.id
         FROM comment q
        WHERE q.site_id = wanted.site_id AND q.open_reports > 0 AND q.status = 'approved' AND q.id > $2
        ORDER BY q.id
        LIMIT $3) AS c
 ORDER BY c.id
 LIMIT $3
"""
BY_ID: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = $2
"""
FULL: Final = """
SELECT c.id, c.site_id, s.slug AS site, c.page_id, p.url AS page_url, p.title AS page_title, c.parent_id,
       c.name, c.website, c.text, c.status, c.version, c.score, c.severity, c.verdict, c.created_at,
       c.unseen, c.campaign_id, c.due_at, c.assigned_to, c.escalated_at, c.edited_at, c.appealed_at,
       c.appeal, c.open_reports, c.gone_because, c.policy_version, c.terms_version, l.holder, l.expires_at,
       (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.position), '[]')
          FROM signal g
         WHERE g.site_id = c.site_id AND g.comment_id = c.id) AS signals
  FROM unnest($1::integer[], $2::uuid[]) WITH ORDINALITY AS wanted(site_id, id, place)
  JOIN comment c ON c.site_id = wanted.site_id AND c.id = wanted.id
  JOIN site s ON s.id = c.site_id
  JOIN page p ON p.site_id = c.site_id AND p.id = c.page_id
  LEFT JOIN lease l ON l.site_id = c.site_id AND l.comment_id = c.id AND l.expires_at > now()
 ORDER BY wanted.place
"""
DECISIONS: Final = """
SELECT d.comment_id, d.id, d.action, d.reason, d.note, d.before, d.after, d.version, d.decided_by,
       d.decided_at, d.automatic, d.batch_id
  FROM unnest($1::integer[], $2::uuid[]) AS wanted(site_id, id)
  JOIN decision d ON d.site_id = wanted.site_id AND d.comment_id = wanted.id
 ORDER BY d.version
"""
EXISTS: Final = "SELECT EXISTS (SELECT FROM comment WHERE site_id = ANY($1::integer[]) AND id = $2)"
FIRST: Final = UUID(int=0)
LOCK: Final = """
SELECT id, site_id, page_id, status, version, open_reports, appealed_at IS NOT NULL AS appealed,
       gone_at IS NOT NULL AS gone
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = $2
   FOR UPDATE
"""
# In the order of their ids, so that two acts on the same comments wait for one another and never block.
LOCK_MANY: Final = """
SELECT id, site_id, page_id, status, version, open_reports, appealed_at IS NOT NULL AS appealed,
       gone_at IS NOT NULL AS gone
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = ANY($2::uuid[])
 ORDER BY id
   FOR UPDATE
"""
BY_IDS: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = ANY($2::uuid[])
 ORDER BY id
"""


async def queue_page(conn: Connection, site_ids: Sequence[int], after: UUID, limit: int) -> Sequence[Comment]:
    """Up to `limit` pending comments of these sites with ids after `after`, oldest first."""
    return await _full(conn, await conn.fetch(QUEUE_PAGE, list(site_ids), after, limit))


async def decided_lately(conn: Connection, site_ids: Sequence[int], limit: int) -> Sequence[Comment]:
    """The comments of the latest `limit` decisions on these sites, newest first, each once."""
    rows = await conn.fetch(DECIDED_PAGE, list(site_ids), limit)
    found = await _full(conn, list({row["id"]: row for row in reversed(rows)}.values())[::-1])
    return [comment for comment in found if not comment.is_gone]


async def campaign_page(
    conn: Connection, site_id: int, campaign_id: UUID, after: UUID, limit: int
) -> Sequence[Comment]:
    """Up to `limit` comments of a campaign with ids after `after`, oldest first, whatever their status."""
    return await _full(conn, await conn.fetch(CAMPAIGN_PAGE, site_id, campaign_id, after, limit))


async def reported_page(
    conn: Connection, site_ids: Sequence[int], after: UUID, limit: int
) -> Sequence[Comment]:
    """Up to `limit` published comments with open reports and ids after `after`, oldest first."""
    return await _full(conn, await conn.fetch(REPORTED_PAGE, list(site_ids), after, limit))


async def get(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> Comment | None:
    """One comment with its bill and its decisions, if it belongs to one of these sites."""
    found = await _full(conn, await conn.fetch(BY_ID, list(site_ids), comment_id))
    return found[0] if found else None


async def newest(conn: Connection, site_id: int) -> Comment | None:
    """The latest comment of a site, whatever its status."""
    found = await _full(conn, await conn.fetch(NEWEST, site_id))
    return found[0] if found else None


async def exists(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> bool:
    """Whether one of these sites has this comment."""
    return bool(await conn.fetchval(EXISTS, list(site_ids), comment_id))


async def where(
    conn: Connection, site_ids: Sequence[int], wanted: Sequence[UUID]
) -> tuple[list[int], list[UUID]]:
    """Site ids and ids of those of these comments that belong to these sites."""
    rows = await conn.fetch(BY_IDS, list(site_ids), list(wanted))
    return [row["site_id"] for row in rows], [row["id"] for row in rows]


async def many(conn: Connection, site_ids: Sequence[int], wanted: Sequence[UUID]) -> Sequence[Comment]:
    """Those of these comments that belong to these sites, each in full, in the order of their ids."""
    if not wanted:
        return []
    return await _full(conn, await conn.fetch(BY_IDS, list(site_ids), list(wanted)))


async def lock(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> LockedComment | None:
    """Take the row for the length of the transaction."""
    row = await conn.fetchrow(LOCK, list(site_ids), comment_id)
    return None if row is None else locked(row)


def locked(row: asyncpg.Record) -> LockedComment:
    """The comment in a row that was taken with the columns of `LOCK`."""
    return LockedComment(
        id=row["id"],
        site_id=row["site_id"],
        page_id=row["page_id"],
        status=Status(row["status"]),
        version=row["version"],
        open_reports=row["open_reports"],
        appealed=row["appealed"],
        gone=row["gone"],
    )


async def lock_many(
    conn: Connection, site_ids: Sequence[int], wanted: Sequence[UUID]
) -> Sequence[LockedComment]:
    """Take the rows of those of these comments that belong to these sites, in the order of their ids."""
    return [locked(row) for row in await conn.fetch(LOCK_MANY, list(site_ids), list(wanted))]


async def listed(conn: Connection, site_ids: Sequence[int], ids: Sequence[UUID]) -> Sequence[Comment]:
    """These comments with their bills and decisions, in this order; what is gone is left out."""
    if not ids:
        return []
    wanted = list(site_ids), list(ids)
    decisions: dict[UUID, list[Decision]] = {}
    for row in await conn.fetch(DECISIONS, *wanted):
        decisions.setdefault(row["comment_id"], []).append(_decision(row))
    return [_comment(row, decisions.get(row["id"], [])) for row in await conn.fetch(FULL, *wanted)]


async def _full(conn: Connection, keys: Sequence[asyncpg.Record]) -> Sequence[Comment]:
    return await listed(conn, [row["site_id"] for row in keys], [row["id"] for row in keys])


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
        due_at=row["due_at"],
        assigned_to=row["assigned_to"],
        escalated_at=row["escalated_at"],
        edited_at=row["edited_at"],
        appealed_at=row["appealed_at"],
        appeal=row["appeal"],
        open_reports=row["open_reports"],
        gone_because=row["gone_because"],
        policy_version=row["policy_version"],
        terms_version=row["terms_version"],
        lease=Lease(row["holder"], row["expires_at"]) if row["holder"] is not None else None,
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
