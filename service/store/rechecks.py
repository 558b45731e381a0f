"""Comments that screening should look at again: because it could not, or because a site's rules changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.model.screenings import Screening
from service.screening.candidate import Words
from service.screening.facts import Facts
from service.screening.facts_json import facts_from_json
from service.store import signals
from service.store.database import Connection

# After a change of its rules, what waits on a site is marked a page at a time, whoever comes first. Comments
# older than their facts are left alone: without them the new bill would lack the lines that came from how
# they were sent.
RENEW: Final = """
WITH changed AS (
    SELECT id, renew_after
      FROM site
     WHERE renew_after IS NOT NULL
     ORDER BY id
     LIMIT 1
       FOR UPDATE SKIP LOCKED
), waiting AS (
    SELECT c.site_id, c.id, c.facts
      FROM changed s
      JOIN comment c ON c.site_id = s.id AND c.status = 'pending' AND c.id > s.renew_after
     ORDER BY c.id
     LIMIT $1
), marked AS (
    UPDATE comment c
       SET recheck_at = now(), rechecks = 0
      FROM waiting w
     WHERE c.site_id = w.site_id AND c.id = w.id AND c.status = 'pending' AND w.facts <> '{}'
)
UPDATE site s
   SET renew_after = (SELECT max(w.id::text)::uuid FROM waiting w HAVING count(*) = $1)
  FROM changed
 WHERE s.id = changed.id
RETURNING s.id
"""
# A claim writes down the next try before this one begins, so that no lock is held while the filters run,
# and whoever is killed in between has only lost a try. The fourth is the last.
CLAIM: Final = """
WITH due AS (
    SELECT site_id, id
      FROM comment
     WHERE recheck_at <= now() AND status = 'pending'
     ORDER BY recheck_at
     LIMIT $1
       FOR UPDATE SKIP LOCKED
)
UPDATE comment c
   SET recheck_at = now() + ('{1 minute, 5 minutes, 1 hour}'::interval[])[c.rechecks + 1],
       rechecks = c.rechecks + 1
  FROM due d, site s
 WHERE c.site_id = d.site_id AND c.id = d.id AND s.id = d.site_id
RETURNING s.slug, c.site_id, c.id, c.version, c.recheck_at, c.text, c.name, c.website, c.facts
"""
# A person who decided in the meantime has the last word, and so have later claims and newer lists of terms:
# both move the time on.
REPLACE: Final = """
WITH kept AS (
    UPDATE comment
       SET score = $5, severity = $6, verdict = $7, learned = $8, policy_version = $9, terms_version = $10,
           recheck_at = NULL, rechecks = 0
     WHERE site_id = $1 AND id = $2 AND version = $3 AND recheck_at IS NOT DISTINCT FROM $4
           AND status = 'pending'
    RETURNING id
), gone AS (
    DELETE FROM signal g
     USING kept k
     WHERE g.site_id = $1 AND g.comment_id = k.id AND g.position >= jsonb_array_length($11::jsonb)
), written AS (
    INSERT INTO signal (site_id, comment_id, position, name, strength, weight, sentence, spans, evidence,
                        axis, severity)
    SELECT $1, k.id, s.position, s.name, s.strength, s.weight, s.sentence, s.spans, s.evidence,
           s.axis, s.severity
      FROM kept k, jsonb_to_recordset($11::jsonb) AS s(
           position smallint, name text, strength double precision, weight double precision,
           sentence text, spans jsonb, evidence jsonb, axis text, severity smallint)
    ON CONFLICT (site_id, comment_id, position) DO UPDATE
       SET name = excluded.name, strength = excluded.strength, weight = excluded.weight,
           sentence = excluded.sentence, spans = excluded.spans, evidence = excluded.evidence,
           axis = excluded.axis, severity = excluded.severity
)
SELECT EXISTS (SELECT FROM kept)
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A comment to look at again, as it was when it was claimed.

    `claimed_until` is when somebody else may look at it; None on the last try.
    """

    site: str
    site_id: int
    id: UUID
    version: int
    words: Words
    facts: Facts
    claimed_until: datetime | None


async def renew(conn: Connection, limit: int) -> bool:
    """Mark the next `limit` comments that wait under older rules; whether there were any."""
    return await conn.fetchval(RENEW, limit) is not None


async def claim(conn: Connection, limit: int) -> Sequence[Due]:
    """Up to `limit` pending comments that are due, those that wait longest first.

    Nobody else gets them for one minute; after further claims for five, for an hour, and for good.
    """
    return [
        Due(
            site=row["slug"],
            site_id=row["site_id"],
            id=row["id"],
            version=row["version"],
            words=Words(row["text"], row["name"], row["website"]),
            facts=facts_from_json(row["facts"]),
            claimed_until=row["recheck_at"],
        )
        for row in await conn.fetch(CLAIM, limit)
    ]


async def replace(
    conn: Connection, due: Due, screening: Screening, *, policy_version: int, terms_version: int
) -> bool:
    """Write the new bill, unless the comment was decided or claimed anew since; whether it was written."""
    return bool(
        await conn.fetchval(
            REPLACE,
            due.site_id,
            due.id,
            due.version,
            due.claimed_until,
            screening.score,
            screening.severity,
            screening.verdict.value,
            screening.learned,
            policy_version,
            terms_version,
            signals.to_json(screening.signals),
        )
    )
