"""Table `revision`, and putting another text in the place of what a comment said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from service.model.authoring import Revision
from service.model.likeness import Print
from service.model.screenings import Screening
from service.store import likenesses, signals, tombstones
from service.store.database import Connection
from service.store.submissions import RECHECK_AFTER

KEEP: Final = """
INSERT INTO revision (site_id, comment_id, version, text)
SELECT site_id, id, version, text
  FROM comment
 WHERE site_id = $1 AND id = $2
"""
# What was decided was decided on another text. One that comes back into the queue has a deadline of its own.
REPLACE: Final = """
UPDATE comment c
   SET text = $3, score = $4, severity = $5, verdict = $6, learned = $7, facts = $8, policy_version = $9,
       terms_version = $10, campaign_id = $11, unseen = c.unseen OR $12, recheck_at = now() + $13::interval,
       rechecks = 0, edited_at = now(), version = c.version + 1, status = 'pending', reason = NULL,
       decided_by = NULL,
       due_at = CASE WHEN c.status = 'approved' THEN now() + make_interval(hours => s.respond_hours)
                     ELSE c.due_at END
  FROM site s
 WHERE c.site_id = $1 AND c.id = $2 AND s.id = c.site_id
"""
WRITE: Final = """
WITH links AS (
    INSERT INTO link (site_id, host, comment_id)
    SELECT $1, h.host, $2 FROM unnest($4::text[]) AS h(host)
), likenesses AS (
    INSERT INTO likeness (site_id, comment_id, digest, bands, normal)
    SELECT $1, $2, $5, $6, $7 WHERE $5::bytea IS NOT NULL
)
INSERT INTO signal (site_id, comment_id, position, name, strength, weight, sentence, spans, evidence,
                    axis, severity)
SELECT $1, $2, s.position, s.name, s.strength, s.weight, s.sentence, s.spans, s.evidence,
       s.axis, s.severity
  FROM jsonb_to_recordset($3::jsonb) AS s(
       position smallint, name text, strength double precision, weight double precision,
       sentence text, spans jsonb, evidence jsonb, axis text, severity smallint)
"""
COUNT: Final = "SELECT count(*) FROM revision WHERE site_id = $1 AND comment_id = $2"
OF_COMMENT: Final = """
SELECT version, text, replaced_at
  FROM revision
 WHERE site_id = $1 AND comment_id = $2
 ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class NewText:
    """What a comment says from now on, and what screening made of it. `facts` is JSON."""

    text: str
    screening: Screening
    facts: str
    policy_version: int
    terms_version: int
    hosts: Sequence[str]
    printed: Print | None
    campaign_id: UUID | None
    unseen: bool


async def replace(conn: Connection, site_id: int, comment_id: UUID, new: NewText) -> None:
    """Keep the text that was, and put the new one in its place, pending, with a bill of its own.

    The transaction holds the comment's row; the page's count is the caller's.
    """
    screening = new.screening
    recheck: timedelta | None = None if screening.is_checked else RECHECK_AFTER
    await conn.execute(KEEP, site_id, comment_id)
    await conn.execute(
        REPLACE,
        site_id,
        comment_id,
        new.text,
        screening.score,
        screening.severity,
        screening.verdict.value,
        screening.learned,
        new.facts,
        new.policy_version,
        new.terms_version,
        new.campaign_id,
        new.unseen,
        recheck,
    )
    await tombstones.forget_words(conn, site_id, comment_id)
    lines = signals.to_json(screening.signals)
    await conn.execute(WRITE, site_id, comment_id, lines, list(new.hosts), *_printed(site_id, new.printed))


async def count(conn: Connection, site_id: int, comment_id: UUID) -> int:
    """How often a comment was changed."""
    return int(await conn.fetchval(COUNT, site_id, comment_id))


async def of_comment(conn: Connection, site_id: int, comment_id: UUID) -> Sequence[Revision]:
    """What a comment said before its author changed it, the oldest first."""
    return [Revision(**dict(row)) for row in await conn.fetch(OF_COMMENT, site_id, comment_id)]


def _printed(site_id: int, printed: Print | None) -> tuple[bytes | None, Sequence[int] | None, str | None]:
    if printed is None:
        return None, None, None
    return printed.digest, likenesses.bands_of(site_id, printed), printed.normal
