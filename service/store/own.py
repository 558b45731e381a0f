"""Table `comment` as authors see it: their own comments, by id."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.authoring import OwnComment
from service.model.comments import Status
from service.store.database import Connection

BY_IDS: Final = """
SELECT c.id, c.site_id, c.page_id, g.url AS page_url, c.parent_id, p.name AS parent_name, c.root_id, c.name,
       c.website, c.text, c.created_at, c.edited_at, c.due_at, c.appealed_at, c.status, c.version,
       c.created_at + make_interval(mins => s.edit_minutes) AS edit_until,
       c.decided_by IS NOT DISTINCT FROM 'policy' AS by_policy, c.gone_at IS NOT NULL AS gone
  FROM comment c
  JOIN site s ON s.id = c.site_id
  JOIN page g ON g.site_id = c.site_id AND g.id = c.page_id
  LEFT JOIN comment p
    ON p.site_id = c.site_id AND p.id = c.parent_id AND p.status = 'approved' AND p.gone_at IS NULL
 WHERE c.site_id = $1 AND c.id = ANY($2::uuid[]) AND NOT c.anonymised
 ORDER BY c.root_id, c.id
"""
FACTS: Final = "SELECT facts FROM comment WHERE site_id = $1 AND id = $2"
SENDER: Final = """
SELECT encode(c.network, 'hex') AS network, encode(t.digest, 'hex') AS author
  FROM comment c
  LEFT JOIN contact t ON t.site_id = c.site_id AND t.comment_id = c.id
 WHERE c.site_id = $1 AND c.id = $2
"""
# It keeps its deadline, so that it comes before what was written since.
APPEAL: Final = """
UPDATE comment
   SET appealed_at = now(), appeal = $3, status = 'pending', reason = NULL, decided_by = NULL,
       version = version + 1
 WHERE site_id = $1 AND id = $2
"""
# Who decided last before the author asked for a second look.
DECIDED_BEFORE_APPEAL: Final = """
SELECT d.decided_by
  FROM comment c
  JOIN decision d ON d.site_id = c.site_id AND d.comment_id = c.id AND d.decided_at <= c.appealed_at
 WHERE c.site_id = $1 AND c.id = $2 AND c.status = 'pending' AND NOT d.automatic
 ORDER BY d.version DESC
 LIMIT 1
"""
SOMEBODY_ELSE: Final = """
SELECT EXISTS (
       SELECT FROM moderator m
        WHERE m.name <> $2 AND m.disabled_at IS NULL
              AND (m.all_sites OR EXISTS (SELECT FROM moderator_site o
                                           WHERE o.moderator_id = m.id AND o.site_id = $1))
              AND coalesce((SELECT o.role FROM moderator_site o
                             WHERE o.moderator_id = m.id AND o.site_id = $1), m.role) <> 'reader')
"""


async def by_ids(conn: Connection, site_id: int, ids: Sequence[UUID]) -> Sequence[OwnComment]:
    """These comments of the site, in the order of the thread; one that was anonymised is nobody's own."""
    return [
        OwnComment(**{**dict(row), "status": Status(row["status"])})
        for row in await conn.fetch(BY_IDS, site_id, list(ids))
    ]


async def facts(conn: Connection, site_id: int, comment_id: UUID) -> str:
    """The facts that screening knew when the comment was last screened, as JSON."""
    return str(await conn.fetchval(FACTS, site_id, comment_id))


async def sender(conn: Connection, site_id: int, comment_id: UUID) -> tuple[str, str]:
    """Keyed digests of where a comment came from and of who sent it, in hex; "" for what is forgotten."""
    row = await conn.fetchrow(SENDER, site_id, comment_id)
    return (row["network"] or "", row["author"] or "") if row else ("", "")


async def appeal(conn: Connection, site_id: int, comment_id: UUID, words: str | None) -> None:
    """Bring a rejected comment back into the queue, for a second look, with what its author says."""
    await conn.execute(APPEAL, site_id, comment_id, words)


async def decided_before_appeal(conn: Connection, site_id: int, comment_id: UUID) -> str | None:
    """Whose decision it is that the author of this pending comment has asked to be looked at again."""
    name: str | None = await conn.fetchval(DECIDED_BEFORE_APPEAL, site_id, comment_id)
    return name


async def somebody_else(conn: Connection, site_id: int, name: str) -> bool:
    """Whether anybody but `name` decides on this site."""
    return bool(await conn.fetchval(SOMEBODY_ELSE, site_id, name))
