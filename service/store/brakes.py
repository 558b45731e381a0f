"""Table `brake`, and what people's decisions tell about the advice of screening."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.model.screenings import Verdict
from service.screening.precision import Tally, window
from service.store.database import Connection

# A row of an action that is not wanted any more would speak for it as soon as it is wanted again.
FORGET: Final = """
DELETE FROM brake b
 USING site s, policy p
 WHERE s.id = b.site_id AND p.site_id = s.id AND p.version = s.policy_version
       AND b.action <> ALL(p.automatic)
"""
AUTOMATED: Final = """
SELECT s.id, s.slug
  FROM site s
  JOIN policy p ON p.site_id = s.id AND p.version = s.policy_version
 WHERE p.automatic <> '{}'
 ORDER BY s.id
"""
OF_SITE: Final = """
SELECT a.action, a.action = ANY(p.automatic) AS wanted, p.target_precision AS target,
       b.changed_at AS since, coalesce(b.released, false) AND a.action = ANY(p.automatic) AS released
  FROM site s
  JOIN policy p ON p.site_id = s.id AND p.version = s.policy_version
 CROSS JOIN (VALUES ('approve'), ('reject')) AS a(action)
  LEFT JOIN brake b ON b.site_id = s.id AND b.action = a.action
 WHERE s.id = $1
 ORDER BY a.action
"""
# Advice counts while it was given as it would be today: since other weights or thresholds, or where it
# is old, it tells nothing. An index finds the latest of each kind; what is too old among them falls away
# afterwards, so that the cost has a limit.
EVIDENCE: Final = """
WITH rule AS (
    SELECT coalesce(max(o.version), 0) AS other
      FROM site s
      JOIN policy p ON p.site_id = s.id AND p.version = s.policy_version
      JOIN policy o ON o.site_id = s.id
           AND (o.weights, o.approve_at, o.spam_at, o.reject_at)
               IS DISTINCT FROM (p.weights, p.approve_at, p.spam_at, p.reject_at)
     WHERE s.id = $1
), counted AS (
    (SELECT true AS by_people, c.status, c.policy_version, c.created_at
       FROM comment c
      WHERE c.site_id = $1 AND c.verdict = $2 AND c.verdict <> 'hold' AND c.decided_by = 'person'
            AND NOT EXISTS (SELECT FROM decision d
                             WHERE d.site_id = c.site_id AND d.comment_id = c.id AND d.automatic)
      ORDER BY c.id DESC
      LIMIT $3)
     UNION ALL
    (SELECT false, c.status, c.policy_version, c.created_at
       FROM decision d
       JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
      WHERE d.site_id = $1 AND d.action = $2 AND d.automatic AND d.decided_by = 'policy'
      ORDER BY d.id DESC
      LIMIT $3)
)
SELECT count(*) FILTER (WHERE by_people AND status = $4) AS agreed,
       count(*) FILTER (WHERE by_people) AS decided,
       count(*) FILTER (WHERE NOT by_people AND status = $4) AS left_so,
       count(*) FILTER (WHERE NOT by_people) AS automatic
  FROM counted, rule
 WHERE policy_version > other AND created_at > now() - interval '90 days'
"""
# Where the brake was released or put on in this very statement, changed_at is now.
WRITE: Final = """
INSERT INTO brake AS b (site_id, action, released, agreed, decided, bound, target)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (site_id, action) DO UPDATE
   SET released = excluded.released, agreed = excluded.agreed, decided = excluded.decided,
       bound = excluded.bound, target = excluded.target, checked_at = excluded.checked_at,
       changed_at = CASE WHEN b.released = excluded.released THEN b.changed_at ELSE now() END
RETURNING changed_at = now() AS changed
"""
_STATUS_OF: Final = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected"}


@dataclass(frozen=True, slots=True)
class Brake:
    """Whether one kind of advice may be carried out without a person, and what speaks for it.

    `wanted` is the owner's wish, `released` what the brake said when it was checked last, `since` when
    that changed last (None: it was never checked). `tally` is what people's decisions tell now.
    """

    action: Verdict
    wanted: bool
    released: bool
    since: datetime | None
    target: float
    tally: Tally


async def forget(conn: Connection) -> None:
    """Drop what was measured for actions that no site's owner wants automatic any more."""
    await conn.execute(FORGET)


async def automated(conn: Connection) -> Sequence[tuple[int, str]]:
    """The ids and names of the sites whose owners want something automatic."""
    return [(row["id"], row["slug"]) for row in await conn.fetch(AUTOMATED)]


async def of_site(conn: Connection, site_id: int) -> Sequence[Brake]:
    """The brakes of approving and rejecting, in this order, each with its evidence as it is now."""
    found = []
    for row in await conn.fetch(OF_SITE, site_id):
        action, target = Verdict(row["action"]), row["target"]
        tally = await evidence(conn, site_id, action, target)
        found.append(Brake(action, row["wanted"], row["released"], row["since"], target, tally))
    return found


async def evidence(conn: Connection, site_id: int, action: Verdict, target: float) -> Tally:
    """How often the advice to do `action` proved right: the worse of two readings.

    The first reading is what people decided while the machine had not: everything while the brake is on,
    the unseen share once it is released. They agree where the comment's status is now what the advice
    said. This sample is fair, but small. The second reading adds what the policy decided, taken as right
    unless a person has put it right: that shows mistakes sooner, and can only make the bound lower.

    Each kind counts with the latest `window(target)` comments, none older than 90 days, and none from
    before the site's weights or thresholds were last changed.
    """
    row = await conn.fetchrow(EVIDENCE, site_id, action.value, window(target), _STATUS_OF[action])
    assert row is not None
    people = Tally(row["agreed"], row["decided"])
    everything = Tally(people.agreed + row["left_so"], people.decided + row["automatic"])
    return min(people, everything, key=lambda tally: tally.bound)


async def write(conn: Connection, site_id: int, brake: Brake) -> bool:
    """Write a brake down as it was checked; whether it was released or put on by that."""
    tally = brake.tally
    return bool(
        await conn.fetchval(
            WRITE,
            site_id,
            brake.action.value,
            brake.released,
            tally.agreed,
            tally.decided,
            tally.bound,
            brake.target,
        )
    )
