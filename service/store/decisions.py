"""Table `decision`, append-only, and what a decision makes of comments and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.model.comments import LockedComment, Standing, Status
from service.model.decisions import Decision, Reason
from service.store.database import Connection

# Whoever decides holds the comments' rows already, taken in the order of their ids. The rows of pages are
# taken after all of those, in the order of theirs, so that no two acts wait for one another in a circle.
# Whoever decided has looked: nobody holds it, and it waits for nobody in particular, any more. Consoles are
# told by the same statement. What one act decides is a microsecond apart, in the order that it was asked for.
DECIDE: Final = """
WITH made AS (
    SELECT *
      FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                  $8::text[], $9::text[], $10::integer[], $11::text[], $12::text[],
                  $13::double precision[]) WITH ORDINALITY
        AS m(site_id, comment_id, page_id, id, action, reason, note, before, after, version, because,
             whose, drawn, place)
), logged AS (
    INSERT INTO decision
           (site_id, id, comment_id, action, reason, note, before, after, version, decided_by, decided_at,
            automatic, batch_id)
    SELECT site_id, id, comment_id, action, reason, note, before, after, version, $14,
           now() + (place - 1) * interval '1 microsecond', $15, $16
      FROM made
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version, actor)
    SELECT site_id, 'decided', comment_id, version, $14 FROM made ORDER BY place
), stands AS (
    UPDATE comment c
       SET status = m.after, reason = m.because, decided_by = m.whose, version = m.version,
           assigned_to = CASE WHEN $15 THEN c.assigned_to END,
           escalated_at = CASE WHEN $15 THEN c.escalated_at END
      FROM made m
     WHERE c.site_id = m.site_id AND c.id = m.comment_id
), leased AS (
    SELECT l.site_id, l.comment_id
      FROM lease l
      JOIN made m ON m.site_id = l.site_id AND m.comment_id = l.comment_id
     ORDER BY l.site_id, l.comment_id
       FOR UPDATE OF l
), ended AS (
    DELETE FROM lease l USING leased e WHERE l.site_id = e.site_id AND l.comment_id = e.comment_id
), second AS (
    INSERT INTO review (site_id, decision_id, comment_id, decided_by, action, reason)
    SELECT m.site_id, m.id, m.comment_id, $14, m.action, m.reason
      FROM made m
      JOIN site s ON s.id = m.site_id
     WHERE m.drawn < s.review_share
), shown AS (
    SELECT site_id, page_id, sum((after = 'approved')::integer - (before = 'approved')::integer) AS change
      FROM made
     WHERE (after = 'approved') <> (before = 'approved')
     GROUP BY site_id, page_id
), held AS (
    SELECT p.site_id, p.id, s.change
      FROM page p
      JOIN shown s ON s.site_id = p.site_id AND s.page_id = p.id
     ORDER BY p.id, p.site_id
       FOR NO KEY UPDATE OF p
)
UPDATE page p
   SET approved_count = p.approved_count + h.change, version = p.version + 1
  FROM held h
 WHERE p.site_id = h.site_id AND p.id = h.id
"""
# The earlier decision that made the standing which the latest one ended. An undo makes none of its own: it
# leads back two versions, so the latest other decision at an odd distance is the one. Where the latest
# decision did not make the present version, its author has changed the comment since: there is no way back.
BEFORE_LATEST: Final = """
SELECT w.id, l.before, e.reason, coalesce(e.automatic, false) AS automatic
  FROM unnest($1::integer[], $2::uuid[], $3::integer[]) AS w(site_id, id, version)
  JOIN decision l ON l.site_id = w.site_id AND l.comment_id = w.id AND l.version = w.version
  LEFT JOIN LATERAL (
       SELECT d.reason, d.automatic
         FROM decision d
        WHERE d.site_id = l.site_id AND d.comment_id = l.comment_id AND d.version < l.version
              AND d.after = l.before AND (l.version - d.version) % 2 = 1 AND d.action <> 'undo'
        ORDER BY d.version DESC
        LIMIT 1) e ON true
"""


@dataclass(frozen=True, slots=True)
class Act:
    """One decision with the comment that it is about and where that stands then.

    `drawn` is a number from 0 up to 1: below the site's share, a second person decides again, blind.
    None: never.
    """

    locked: LockedComment
    decision: Decision
    standing: Standing
    drawn: float | None


async def decide(conn: Connection, acts: Sequence[Act]) -> None:
    """Write down the decisions of one person, or of the policy, as one act; their time is the database's."""
    if not acts:
        return
    first = acts[0].decision
    decisions = [act.decision for act in acts]
    await conn.execute(
        DECIDE,
        [act.locked.site_id for act in acts],
        [act.locked.id for act in acts],
        [act.locked.page_id for act in acts],
        [decision.id for decision in decisions],
        [decision.action.value for decision in decisions],
        [decision.reason.value if decision.reason else None for decision in decisions],
        [decision.note for decision in decisions],
        [decision.before for decision in decisions],
        [decision.after for decision in decisions],
        [decision.version for decision in decisions],
        [act.standing.reason.value if act.standing.reason else None for act in acts],
        [_whose(act.standing) for act in acts],
        [act.drawn for act in acts],
        first.by,
        first.automatic,
        first.batch_id,
    )


async def before_latest(conn: Connection, locked: Sequence[LockedComment]) -> dict[UUID, Standing]:
    """Where each comment stood before its latest decision; those that were never decided are left out."""
    rows = await conn.fetch(
        BEFORE_LATEST,
        [each.site_id for each in locked],
        [each.id for each in locked],
        [each.version for each in locked],
    )
    return {
        row["id"]: Standing(
            Status(row["before"]), Reason(row["reason"]) if row["reason"] else None, row["automatic"]
        )
        for row in rows
    }


def _whose(standing: Standing) -> str | None:
    if standing.status is Status.PENDING:
        return None
    return "policy" if standing.automatic else "person"
