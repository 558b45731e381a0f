"""Storing a submission: one statement writes the page, the comment, its contact, signals and key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from service.model.comments import NewComment, Parent
from service.store import likenesses, signals
from service.store.database import Connection

RECHECK_AFTER: Final = timedelta(seconds=30)

# A single statement is a transaction of its own: one round trip, and it commits before it answers.
# Whoever claims the idempotency key stores the comment; a twin waits on the key's unique index and then
# finds it taken. A key that has run out is claimed anew.
ADD: Final = """
WITH shut AS (
    SELECT FROM page
     WHERE site_id = $1 AND id = $3 AND (closed_at IS NOT NULL OR created_at < now() - $21::interval)
), claimed AS (
    INSERT INTO idempotency_key AS k (site_id, key, fingerprint, comment_id, expires_at)
    SELECT $1, $15, $16, $2, now() + $17::interval
     WHERE $15::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM shut)
    ON CONFLICT (site_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint,
           comment_id = excluded.comment_id,
           expires_at = excluded.expires_at
     WHERE k.expires_at < now()
    RETURNING 1
), new_page AS (
    INSERT INTO page (site_id, id, url, title)
    SELECT $1, $3, $4, $5
     WHERE NOT EXISTS (SELECT FROM shut)
    ON CONFLICT DO NOTHING
), new_comment AS (
    INSERT INTO comment
           (site_id, id, page_id, parent_id, root_id, depth, name, website, text, score, verdict,
            severity, learned, facts, policy_version, terms_version, network, unseen, recheck_at,
            campaign_id)
    SELECT $1, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13,
           $22, $23, $24, $25, $26, $27, $28, now() + $29::interval, $31::uuid
     WHERE CASE WHEN $15::bytea IS NULL
                THEN NOT EXISTS (SELECT FROM shut)
                ELSE EXISTS (SELECT FROM claimed) END
    RETURNING id
), new_contact AS (
    INSERT INTO contact (site_id, comment_id, sealed, digest, key_id)
    SELECT $1, id, $18, $19, $20 FROM new_comment
), new_links AS (
    INSERT INTO link (site_id, host, comment_id)
    SELECT $1, h.host, c.id FROM new_comment c, unnest($30::text[]) AS h(host)
), new_likeness AS (
    INSERT INTO likeness (site_id, comment_id, digest, bands, normal)
    SELECT $1, id, $32, $33, $34 FROM new_comment WHERE $32::bytea IS NOT NULL
), first_of_campaign AS (
    UPDATE comment SET campaign_id = id
     WHERE site_id = $1 AND id = $31 AND campaign_id IS NULL AND EXISTS (SELECT FROM new_comment)
), new_signals AS (
    INSERT INTO signal (site_id, comment_id, position, name, strength, weight, sentence, spans, evidence,
                        axis, severity)
    SELECT $1, c.id, s.position, s.name, s.strength, s.weight, s.sentence, s.spans, s.evidence,
           s.axis, s.severity
      FROM new_comment c, jsonb_to_recordset($14::jsonb) AS s(
           position smallint, name text, strength double precision, weight double precision,
           sentence text, spans jsonb, evidence jsonb, axis text, severity smallint)
)
SELECT EXISTS (SELECT FROM new_comment)
"""
# The limit is not charged for a retry of what was stored before.
ADMIT: Final = """
WITH earlier AS (
    SELECT comment_id, fingerprint
      FROM idempotency_key
     WHERE site_id = $1 AND key = $2 AND expires_at >= now()
), charged AS (
    INSERT INTO rate_limit AS r (key, full_at)
    SELECT $3, now() + $4::interval
     WHERE $3::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM earlier)
    ON CONFLICT (key) DO UPDATE
       SET full_at = greatest(r.full_at, now()) + $4::interval
     WHERE greatest(r.full_at, now()) + $4::interval <= now() + $5::interval
    RETURNING 1
)
SELECT e.comment_id, e.fingerprint, $3::bytea IS NULL OR EXISTS (SELECT FROM charged) AS admitted
  FROM (VALUES (1)) AS one(row)
  LEFT JOIN earlier e ON true
"""
PARENT: Final = """
SELECT id, root_id, depth
  FROM comment
 WHERE site_id = $1 AND id = $2 AND page_id = $3 AND status = 'approved'
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an idempotency key was used for before."""

    comment_id: UUID
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket: its keyed name, how often one comes back, and how many it holds."""

    key: bytes
    every: timedelta
    burst: int


async def admit(conn: Connection, site_id: int, key: bytes | None, limit: Limit | None) -> Earlier | bool:
    """What was stored under `key` before, else whether `limit` lets one more through (None: always)."""
    bucket = (limit.key, limit.every, limit.every * limit.burst) if limit else (None, None, None)
    row = await conn.fetchrow(ADMIT, site_id, key, *bucket)
    assert row is not None
    if row["comment_id"] is not None:
        return Earlier(row["comment_id"], row["fingerprint"])
    return bool(row["admitted"])


async def add(
    conn: Connection, comment: NewComment, *, key_lasts: timedelta, close_after: timedelta | None
) -> bool:
    """Store everything, durably; False, and nothing written, when the page is closed or the key taken."""
    screening = comment.screening
    stored = await conn.fetchval(
        ADD,
        comment.site_id,
        comment.id,
        comment.page_id,
        comment.page_url,
        comment.page_title,
        comment.parent_id,
        comment.root_id,
        comment.depth,
        comment.name,
        comment.website,
        comment.text,
        screening.score,
        screening.verdict.value,
        signals.to_json(screening.signals),
        comment.idempotency_key,
        comment.fingerprint,
        key_lasts,
        comment.sealed,
        comment.digest,
        comment.key_id,
        close_after,
        *_judged(comment),
    )
    return bool(stored)


def _judged(comment: NewComment) -> Sequence[object]:
    """What screening said and knew, in the order of the statement."""
    screening = comment.screening
    return (
        screening.severity,
        screening.learned,
        comment.facts,
        comment.policy_version,
        comment.terms_version,
        comment.network,
        comment.unseen,
        None if screening.is_checked else RECHECK_AFTER,
        list(comment.hosts),
        comment.campaign_id,
        *_printed(comment),
    )


def _printed(comment: NewComment) -> tuple[bytes | None, Sequence[int] | None, str | None]:
    printed = comment.printed
    if printed is None:
        return None, None, None
    return printed.digest, likenesses.bands_of(comment.site_id, printed), printed.normal


async def parent(conn: Connection, site_id: int, comment_id: UUID, page_id: UUID) -> Parent | None:
    """The approved comment on this page that a reply names, or None."""
    row = await conn.fetchrow(PARENT, site_id, comment_id, page_id)
    return None if row is None else Parent(row["id"], row["root_id"], row["depth"])
