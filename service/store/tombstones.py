"""What remains of a comment that was taken back or that is too old: its place, and nothing it said."""

from typing import Final, Literal
from uuid import UUID

from service.store.database import Connection

# Rejected, because every index of the queue goes by the status; what was published keeps its place in the
# thread, where replies stand below it. Nobody's decision, so that it teaches nothing and proves nothing.
BURY: Final = """
WITH reports AS (
    DELETE FROM report WHERE site_id = $1 AND comment_id = $2
), revisions AS (
    DELETE FROM revision WHERE site_id = $1 AND comment_id = $2
), contacts AS (
    DELETE FROM contact WHERE site_id = $1 AND comment_id = $2
), consents AS (
    DELETE FROM consent WHERE site_id = $1 AND comment_id = $2
), leases AS (
    DELETE FROM lease WHERE site_id = $1 AND comment_id = $2
)
UPDATE comment
   SET name = '', website = NULL, text = '', facts = '{}', learned = NULL, network = NULL,
       campaign_id = NULL, recheck_at = NULL, appeal = NULL, assigned_to = NULL, escalated_at = NULL,
       open_reports = 0,
       status = CASE WHEN status = 'approved' THEN 'approved' ELSE 'rejected' END,
       reason = NULL, decided_by = NULL, version = version + 1, gone_at = now(), gone_because = $3
 WHERE site_id = $1 AND id = $2 AND gone_at IS NULL
"""
FORGET_WORDS: Final = """
WITH signals AS (
    DELETE FROM signal WHERE site_id = $1 AND comment_id = $2
), links AS (
    DELETE FROM link WHERE site_id = $1 AND comment_id = $2
), likenesses AS (
    DELETE FROM likeness WHERE site_id = $1 AND comment_id = $2
)
DELETE FROM lesson WHERE site_id = $1 AND comment_id = $2
"""
# What people decided stays, and so does what was learned: numbers of hashed words, which say nothing back.
EMPTY: Final = """
WITH due AS (
    SELECT site_id, id
      FROM comment
     WHERE site_id = $1 AND id < $2 AND status = 'rejected' AND gone_at IS NULL
     ORDER BY id
     LIMIT $3
       FOR UPDATE SKIP LOCKED
), contacts AS (
    DELETE FROM contact t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
), consents AS (
    DELETE FROM consent t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
), signals AS (
    DELETE FROM signal t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
), revisions AS (
    DELETE FROM revision t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
), reports AS (
    DELETE FROM report t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
), likenesses AS (
    DELETE FROM likeness t USING due d WHERE t.site_id = d.site_id AND t.comment_id = d.id
)
UPDATE comment c
   SET name = '', website = NULL, text = '', facts = '{}', network = NULL, recheck_at = NULL,
       appeal = NULL, open_reports = 0, gone_at = now(), gone_because = 'expired'
  FROM due d
 WHERE c.site_id = d.site_id AND c.id = d.id
"""
DROP_CONTACTS: Final = """
DELETE FROM contact
 WHERE ctid IN (SELECT ctid FROM contact WHERE site_id = $1 AND comment_id < $2 LIMIT $3)
"""


async def bury(
    conn: Connection, site_id: int, comment_id: UUID, because: Literal["withdrawn", "erased"]
) -> None:
    """Make a tombstone of a comment whose row this transaction holds. The page's count is the caller's."""
    await forget_words(conn, site_id, comment_id)
    await conn.execute(BURY, site_id, comment_id, because)


async def forget_words(conn: Connection, site_id: int, comment_id: UUID) -> None:
    """Delete what was made of a comment's words: its bill, links, likeness, and what was learned in it."""
    await conn.execute(FORGET_WORDS, site_id, comment_id)


async def empty(conn: Connection, site_id: int, until: UUID, limit: int) -> int:
    """Empty up to `limit` rejected comments with smaller ids than `until`; gives how many."""
    return _count(await conn.execute(EMPTY, site_id, until, limit))


async def drop_contacts(conn: Connection, site_id: int, until: UUID, limit: int) -> int:
    """Delete up to `limit` addresses of comments with smaller ids than `until`; gives how many."""
    return _count(await conn.execute(DROP_CONTACTS, site_id, until, limit))


def _count(answer: str) -> int:
    return int(answer.rpartition(" ")[2])
