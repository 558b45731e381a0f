"""What is thrown away when its time has come, in batches that never hold a lock for long."""

from typing import Final
from uuid import UUID

from service.store.database import Connection

EXPIRED_KEYS: Final = """
DELETE FROM idempotency_key
 WHERE ctid IN (SELECT ctid FROM idempotency_key WHERE expires_at < now() LIMIT 1000)
"""
FULL_BUCKETS: Final = """
DELETE FROM rate_limit
 WHERE ctid IN (SELECT ctid FROM rate_limit WHERE full_at < now() - interval '1 hour' LIMIT 1000)
"""
USED_PROOFS: Final = """
DELETE FROM used_proof
 WHERE ctid IN (SELECT ctid FROM used_proof WHERE expires_at < now() LIMIT 1000)
"""
PAST_ASKED: Final = """
DELETE FROM asked_proof
 WHERE ctid IN (SELECT ctid FROM asked_proof WHERE begins_at < now() - interval '1 hour' LIMIT 1000)
"""
ENDED_SESSIONS: Final = """
DELETE FROM session
 WHERE ctid IN (SELECT ctid FROM session WHERE expires_at < now() LIMIT 1000)
"""
# Campaigns run for days, not for months; a network is nobody's business for longer than it helps.
OLD_LIKENESSES: Final = """
DELETE FROM likeness
 WHERE ctid IN (SELECT l.ctid
                  FROM site s
                 CROSS JOIN LATERAL (
                       SELECT ctid FROM likeness k WHERE k.site_id = s.id AND k.comment_id < $1
                        ORDER BY k.comment_id LIMIT 1000) l
                 LIMIT 1000)
"""
OLD_NETWORKS: Final = """
UPDATE comment
   SET network = NULL
 WHERE ctid IN (SELECT n.ctid
                  FROM site s
                 CROSS JOIN LATERAL (
                       SELECT ctid FROM comment c
                        WHERE c.site_id = s.id AND c.network IS NOT NULL AND c.id < $1
                        LIMIT 1000) n
                 LIMIT 1000)
"""
PAST_EVENTS: Final = """
DELETE FROM event
 WHERE ctid IN (SELECT ctid FROM event WHERE at < now() - interval '1 day' ORDER BY xact, id LIMIT 1000)
"""
# Members first, some at a time: a selection may have a hundred thousand.
PAST_SELECTED: Final = """
DELETE FROM selected
 WHERE ctid IN (SELECT s.ctid
                  FROM selection l
                  JOIN selected s ON s.selection_id = l.id
                 WHERE l.expires_at < now()
                 LIMIT 5000)
"""
PAST_SELECTIONS: Final = """
DELETE FROM selection l
 WHERE l.expires_at < now() AND NOT EXISTS (SELECT FROM selected s WHERE s.selection_id = l.id)
"""
# What was asked by mail, and what could not be sent: addresses are gone from both long before.
PAST_REQUESTS: Final = """
DELETE FROM privacy_request
 WHERE id IN (SELECT id FROM privacy_request WHERE expires_at < now() - interval '7 days' LIMIT 1000)
"""
LOST_MAILS: Final = """
DELETE FROM outbox
 WHERE id IN (SELECT id FROM outbox WHERE failed_at < now() - interval '7 days' LIMIT 1000)
"""
# A link that was not used has an address with it no longer than it is good.
EXPIRED_REQUESTS: Final = """
UPDATE privacy_request SET address = NULL, digest = NULL
 WHERE id IN (SELECT id FROM privacy_request WHERE expires_at < now() AND address IS NOT NULL LIMIT 1000)
"""
# Rules that stand no more keep their place in the list, and not whom they were about.
PAST_RULES: Final = """
UPDATE rule SET value = '-'
 WHERE (site_id, id) IN (SELECT site_id, id
                           FROM rule
                          WHERE kind IN ('author', 'network') AND value <> '-'
                                AND least(ended_at, expires_at) < now() - interval '30 days'
                          LIMIT 1000)
"""
# A report stays as a fact; from which network it came is forgotten like that of comments.
OLD_REPORTERS: Final = """
UPDATE report SET reporter = uuid_send(gen_random_uuid()), forgotten = true
 WHERE ctid IN (SELECT r.ctid
                  FROM site s
                 CROSS JOIN LATERAL (
                       SELECT ctid FROM report p
                        WHERE p.site_id = s.id AND NOT p.forgotten
                              AND p.reported_at < now() - interval '30 days'
                        LIMIT 1000) r
                 LIMIT 1000)
"""
PING: Final = "SELECT 1"


_RUN_OUT: Final = (
    EXPIRED_KEYS,
    FULL_BUCKETS,
    USED_PROOFS,
    PAST_ASKED,
    ENDED_SESSIONS,
    PAST_EVENTS,
    PAST_SELECTED,
    PAST_SELECTIONS,
    EXPIRED_REQUESTS,
    PAST_REQUESTS,
    LOST_MAILS,
    PAST_RULES,
    OLD_REPORTERS,
)


async def sweep(conn: Connection, likenesses_until: UUID, networks_until: UUID) -> int:
    """Delete up to 1,000 rows of each kind that have run out; gives how many went.

    Of comments with smaller ids than these, the likeness and the network are forgotten.
    """
    answers = [await conn.execute(sql) for sql in _RUN_OUT]
    answers.append(await conn.execute(OLD_LIKENESSES, likenesses_until))
    answers.append(await conn.execute(OLD_NETWORKS, networks_until))
    return sum(int(answer.rpartition(" ")[2]) for answer in answers)


async def ping(conn: Connection) -> None:
    """Ask the database for a sign of life."""
    await conn.execute(PING)
