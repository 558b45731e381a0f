"""Tables `lesson` and `untrusted_teacher`, and the lessons that decisions make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.model.screenings import Signal
from service.screening.candidate import Words
from service.screening.facts import Facts
from service.screening.facts_json import facts_from_json
from service.store import signals
from service.store.database import Connection

# What a person's decision says about a comment's words: approved is ham, rejected as spam is spam, and a
# rejection for another reason says nothing. The teacher is whoever made the standing that counts now, so
# that an undo takes the lesson away or brings the earlier one back: it leads to where the comment stood
# two versions earlier, and so does an undo of that, wherefore the latest other decision at an even distance
# is the one that counts. However many comments of one campaign
# are decided on one day, they are one vote.
PRESENT: Final = """
WITH decided AS (
    SELECT c.site_id, c.id, c.status, c.version, c.campaign_id, c.gone_at IS NOT NULL AS is_gone
      FROM comment c
     WHERE c.site_id = $1 AND c.decided_by = 'person'
           AND (c.status = 'approved' OR c.reason = 'spam')
     ORDER BY c.id DESC
     LIMIT $2
), taught AS (
    SELECT c.id, c.status = 'rejected' AS is_spam, c.campaign_id, c.is_gone, d.decided_at,
           d.decided_by
      FROM decided c
     CROSS JOIN LATERAL (
           SELECT e.decided_at, e.decided_by
             FROM decision e
            WHERE e.site_id = c.site_id AND e.comment_id = c.id AND e.version <= c.version
                   AND (c.version - e.version) % 2 = 0 AND e.action <> 'undo'
            ORDER BY e.version DESC
            LIMIT 1) d
), votes AS (
    SELECT DISTINCT ON (coalesce(campaign_id, id), (decided_at AT TIME ZONE 'UTC')::date, is_spam)
           id, is_spam, is_gone
      FROM taught
     WHERE NOT EXISTS (SELECT FROM untrusted_teacher u WHERE u.site_id = $1 AND u.name = taught.decided_by)
     ORDER BY coalesce(campaign_id, id), (decided_at AT TIME ZONE 'UTC')::date, is_spam, id DESC
)
SELECT v.id, v.is_spam, CASE WHEN l.reading = $3 THEN l.features END AS features
  FROM votes v
  LEFT JOIN lesson l ON l.site_id = $1 AND l.comment_id = v.id
 WHERE NOT v.is_gone OR l.reading = $3
 ORDER BY v.id
"""
KEEP: Final = """
INSERT INTO lesson (site_id, comment_id, reading, features)
SELECT $1, n.comment_id, $2, n.features
  FROM unnest($3::uuid[], $4::bytea[]) AS n(comment_id, features)
  JOIN comment c ON c.site_id = $1 AND c.id = n.comment_id AND c.decided_by = 'person'
ON CONFLICT (site_id, comment_id) DO UPDATE SET reading = excluded.reading, features = excluded.features
"""
READABLE: Final = """
SELECT c.id, c.name, c.website, c.text, c.facts,
       (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.position), '[]')
          FROM signal g
         WHERE g.site_id = c.site_id AND g.comment_id = c.id) AS signals
  FROM comment c
 WHERE c.site_id = $1 AND c.id = ANY($2::uuid[])
"""
DISTRUST: Final = """
INSERT INTO untrusted_teacher (site_id, name)
SELECT id, $2 FROM site WHERE id = ANY($1::integer[])
ON CONFLICT DO NOTHING
"""
TRUST: Final = "DELETE FROM untrusted_teacher WHERE site_id = ANY($1::integer[]) AND name = $2"
UNTRUSTED: Final = "SELECT name FROM untrusted_teacher WHERE site_id = $1 ORDER BY name"
HAS_TAUGHT: Final = """
SELECT EXISTS (SELECT FROM decision WHERE site_id = ANY($1::integer[]) AND decided_by = $2)
"""
# Every prediction that a person has since confirmed or not, rounded to a thousandth.
PREDICTIONS: Final = """
SELECT date_trunc('week', created_at AT TIME ZONE 'UTC') AS week,
       round(learned::numeric, 3)::double precision AS probability,
       status = 'rejected' AS is_spam,
       count(*) AS comments
  FROM comment
 WHERE site_id = $1 AND decided_by = 'person' AND learned IS NOT NULL
       AND (status = 'approved' OR reason = 'spam') AND id >= $2
 GROUP BY 1, 2, 3
 ORDER BY 1 DESC
"""


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """One vote: which comment, what it was, and what the learner reads in it (None: not read yet)."""

    comment_id: UUID
    is_spam: bool
    features: bytes | None


@dataclass(frozen=True, slots=True)
class Readable:
    """What the learner reads: the words of a comment, and what screening knew and said of it."""

    comment_id: UUID
    words: Words
    facts: Facts
    signals: Sequence[Signal]


@dataclass(frozen=True, slots=True)
class Prediction:
    """How often, in a week, the learner gave this probability to what people called spam, or did not."""

    week: datetime
    probability: float
    is_spam: bool
    comments: int


async def present(conn: Connection, site_id: int, limit: int, reading: int) -> Sequence[StoredLesson]:
    """The lessons that the newest `limit` decided comments make, in the order of their ids."""
    rows = await conn.fetch(PRESENT, site_id, limit, reading)
    return [StoredLesson(row["id"], row["is_spam"], row["features"]) for row in rows]


async def keep(
    conn: Connection, site_id: int, reading: int, comment_ids: Sequence[UUID], features: Sequence[bytes]
) -> None:
    """Keep what was read in these comments; not those that are gone or changed by now."""
    await conn.execute(KEEP, site_id, reading, list(comment_ids), list(features))


async def distrust(conn: Connection, site_ids: Sequence[int], name: str) -> None:
    """From now on this moderator's decisions, also the earlier ones, teach nothing on these sites."""
    await conn.execute(DISTRUST, list(site_ids), name)


async def trust(conn: Connection, site_ids: Sequence[int], name: str) -> None:
    """Let this moderator's decisions teach again."""
    await conn.execute(TRUST, list(site_ids), name)


async def untrusted(conn: Connection, site_id: int) -> Sequence[str]:
    """Whose decisions teach nothing here."""
    return [row["name"] for row in await conn.fetch(UNTRUSTED, site_id)]


async def has_taught(conn: Connection, site_ids: Sequence[int], name: str) -> bool:
    """Whether somebody of this name decided anything on these sites."""
    return bool(await conn.fetchval(HAS_TAUGHT, list(site_ids), name))


async def predictions(conn: Connection, site_id: int, since: UUID) -> Sequence[Prediction]:
    """What the learner said of comments not older than the id `since`, against what people decided."""
    rows = await conn.fetch(PREDICTIONS, site_id, since)
    return [Prediction(row["week"], row["probability"], row["is_spam"], row["comments"]) for row in rows]


async def readable(conn: Connection, site_id: int, comment_ids: Sequence[UUID]) -> Sequence[Readable]:
    """The words, facts and bills of these comments, in no order."""
    return [
        Readable(
            comment_id=row["id"],
            words=Words(row["text"], row["name"], row["website"]),
            facts=facts_from_json(row["facts"]),
            signals=signals.from_json(row["signals"]),
        )
        for row in await conn.fetch(READABLE, site_id, list(comment_ids))
    ]
