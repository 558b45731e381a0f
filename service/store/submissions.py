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
# Whoever claims the proof, the words and the idempotency key, in this order, stores the comment; a twin waits
# on the first of these unique indexes and then finds it taken. A key that has run out is claimed anew.
ADD: Final = """
WITH shut AS (
    SELECT FROM page
     WHERE site_id = $1 AND id = $3 AND (closed_at IS NOT NULL OR created_at < now() - $21::interval)
), proved AS (
    INSERT INTO used_proof (site_id, nonce, expires_at)
    SELECT $1, $37, $38
     WHERE $37::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM shut)
    ON CONFLICT DO NOTHING
    RETURNING 1
), said AS (
    INSERT INTO idempotency_key AS k (site_id, key, fingerprint, comment_id, expires_at)
    SELECT $1, $36, $16, $2, now() + $17::interval
     WHERE $36::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM shut)
           AND ($37::bytea IS NULL OR EXISTS (SELECT FROM proved))
    ON CONFLICT (site_id, key) DO UPDATE
       SET fingerprint = excluded.fingerprint,
           comment_id = excluded.comment_id,
           expires_at = excluded.expires_at
     WHERE k.expires_at < now()
    RETURNING 1
), fresh AS (
    SELECT 1
     WHERE NOT EXISTS (SELECT FROM shut)
           AND ($37::bytea IS NULL OR EXISTS (SELECT FROM proved))
           AND ($36::bytea IS NULL OR EXISTS (SELECT FROM said))
), claimed AS (
    INSERT INTO idempotency_key AS k (site_id, key, fingerprint, comment_id, expires_at)
    SELECT $1, $15, $16, $2, now() + $17::interval
      FROM fresh
     WHERE $15::bytea IS NOT NULL
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
            campaign_id, due_at)
    SELECT $1, $2, $3, $6, $7, $8, $9, $10, $11, $12, $13,
           $22, $23, $24, $25, $26, $27, $28, now() + $29::interval, $31::uuid, now() + $35::interval
     WHERE CASE WHEN $15::bytea IS NULL
                THEN EXISTS (SELECT FROM fresh)
                ELSE EXISTS (SELECT FROM claimed) END
    RETURNING id
), told AS (
    INSERT INTO event (site_id, kind, comment_id, version)
    SELECT $1, 'new', id, 1 FROM new_comment
), new_contact AS (
    INSERT INTO contact (site_id, comment_id, sealed, digest, key_id)
    SELECT $1, id, $18, $19, $20 FROM new_comment WHERE $18::bytea IS NOT NULL
), new_consent AS (
    INSERT INTO consent (site_id, comment_id, wording, url)
    SELECT $1, id, $39, $40 FROM new_comment WHERE $39::text IS NOT NULL
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
    SELECT k.comment_id, k.fingerprint, k.key IS NOT DISTINCT FROM $2 AS is_retry,
           EXISTS (SELECT FROM comment c
                    WHERE c.site_id = $1 AND c.id = k.comment_id AND c.gone_at IS NULL) AS is_there
      FROM idempotency_key k
     WHERE k.site_id = $1 AND k.key = ANY(ARRAY[$2::bytea, $6::bytea]) AND k.expires_at >= now()
     ORDER BY is_retry DESC
     LIMIT 1
), charged AS (
    INSERT INTO rate_limit AS r (key, full_at)
    SELECT $3, now() + $4::interval
     WHERE $3::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM earlier)
    ON CONFLICT (key) DO UPDATE
       SET full_at = greatest(r.full_at, now()) + $4::interval
     WHERE greatest(r.full_at, now()) + $4::interval <= now() + $5::interval
    RETURNING 1
)
SELECT e.comment_id, e.fingerprint, e.is_retry, e.is_there,
       $3::bytea IS NULL OR EXISTS (SELECT FROM charged) AS admitted
  FROM (VALUES (1)) AS one(row)
  LEFT JOIN earlier e ON true
"""
PARENT: Final = """
SELECT id, root_id, depth
  FROM comment
 WHERE site_id = $1 AND id = $2 AND page_id = $3 AND status = 'approved' AND gone_at IS NULL
"""


IS_USED: Final = "SELECT EXISTS (SELECT FROM used_proof WHERE site_id = $1 AND nonce = $2)"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a key was used for before: an idempotency key where it `is_retry`, else the words themselves.

    The comment may have gone since.
    """

    comment_id: UUID
    fingerprint: bytes
    is_retry: bool
    is_there: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket: its keyed name, how often one comes back, and how many it holds."""

    key: bytes
    every: timedelta
    burst: int


async def admit(
    conn: Connection, site_id: int, key: bytes | None, limit: Limit | None, same: bytes | None = None
) -> Earlier | bool:
    """What was stored under `key`, or else with the `same` words, before.

    Where there is nothing: whether `limit` lets one more through (None: always).
    """
    bucket = (limit.key, limit.every, limit.every * limit.burst) if limit else (None, None, None)
    row = await conn.fetchrow(ADMIT, site_id, key, *bucket, same)
    assert row is not None
    if row["comment_id"] is not None:
        return Earlier(row["comment_id"], row["fingerprint"], row["is_retry"], row["is_there"])
    return bool(row["admitted"])


async def add(
    conn: Connection, comment: NewComment, *, key_lasts: timedelta, close_after: timedelta | None
) -> bool:
    """Store everything, durably; False, and no comment, when the page is closed or a key or proof taken."""
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
        *(comment.contact or (None, None, None)),
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
        comment.respond_within,
        comment.same,
        *(comment.proof or (None, None)),
        comment.consent.text if comment.consent else None,
        comment.consent.url if comment.consent else None,
    )


def _printed(comment: NewComment) -> tuple[bytes | None, Sequence[int] | None, str | None]:
    printed = comment.printed
    if printed is None:
        return None, None, None
    return printed.digest, likenesses.bands_of(comment.site_id, printed), printed.normal


async def is_used(conn: Connection, site_id: int, nonce: bytes) -> bool:
    """Whether a comment came with this proof of work already."""
    return bool(await conn.fetchval(IS_USED, site_id, nonce))


async def parent(conn: Connection, site_id: int, comment_id: UUID, page_id: UUID) -> Parent | None:
    """The approved comment on this page that a reply names, or None."""
    row = await conn.fetchrow(PARENT, site_id, comment_id, page_id)
    return None if row is None else Parent(row["id"], row["root_id"], row["depth"])
