"""Comments that screening should look at again: because it could not, or because a site's rules changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from service.model.screenings import Screening
from service.screening.candidate import Words
from service.screening.facts import Facts
from service.screening.facts_json import facts_from_json
from service.store import signals
from service.store.database import Connection

# Claimed by moving the time on, so that no lock is held while the filters run, and a crash only delays.
CLAIM: Final = """
WITH due AS (
    SELECT site_id, id
      FROM comment
     WHERE recheck_at <= now()
     ORDER BY recheck_at
     LIMIT $1
       FOR UPDATE SKIP LOCKED
)
UPDATE comment c
   SET recheck_at = now() + $2::interval
  FROM due d, site s
 WHERE c.site_id = d.site_id AND c.id = d.id AND s.id = d.site_id
RETURNING s.slug, c.site_id, c.id, c.version, c.text, c.name, c.website, c.facts, c.rechecks
"""
# A person who decided in the meantime has the last word.
REPLACE: Final = """
WITH kept AS (
    UPDATE comment
       SET score = $4, severity = $5, verdict = $6, learned = $7, policy_version = $8, terms_version = $9,
           recheck_at = now() + $10::interval, rechecks = rechecks + 1
     WHERE site_id = $1 AND id = $2 AND version = $3 AND status = 'pending'
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
    """A comment to look at again, as it was when it was claimed, after so many looks in vain."""

    site: str
    site_id: int
    id: UUID
    version: int
    words: Words
    facts: Facts
    rechecks: int


async def claim(conn: Connection, limit: int, lasts: timedelta) -> Sequence[Due]:
    """Up to `limit` comments that are due; nobody else gets them for as long as the claim lasts."""
    return [
        Due(
            site=row["slug"],
            site_id=row["site_id"],
            id=row["id"],
            version=row["version"],
            words=Words(row["text"], row["name"], row["website"]),
            facts=facts_from_json(row["facts"]),
            rechecks=row["rechecks"],
        )
        for row in await conn.fetch(CLAIM, limit, lasts)
    ]


async def replace(
    conn: Connection,
    due: Due,
    screening: Screening,
    *,
    policy_version: int,
    terms_version: int,
    again_after: timedelta | None,
) -> bool:
    """Write the new bill, unless somebody decided since; whether it was written.

    `again_after` is when to look once more, None for not at all.
    """
    return bool(
        await conn.fetchval(
            REPLACE,
            due.site_id,
            due.id,
            due.version,
            screening.score,
            screening.severity,
            screening.verdict.value,
            screening.learned,
            policy_version,
            terms_version,
            again_after,
            signals.to_json(screening.signals),
        )
    )
