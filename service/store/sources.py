"""Few comments at once: where an index knows those of an author, a network, a page, or of some words.

A source gives at most `MOST` ids. Where there are more, or where it takes too long, it gives None, and
the queue is searched on in its order, which finds what is frequent soon.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg

from service.model.comments import Status
from service.model.queue import Filters
from service.store.conditions import Sought
from service.store.database import Connection

Keys: TypeAlias = tuple[list[int], list[UUID]]

MOST: Final = 3_000
MOST_UNREAD: Final = 1_000
_PATIENCE: Final = "400ms"

BY_AUTHOR: Final = """
SELECT site_id, comment_id AS id
  FROM contact
 WHERE site_id = $1 AND digest = $2
 LIMIT $3
"""
BY_NETWORK: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = $1 AND network = $2
 LIMIT $3
"""
BY_PAGE: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND page_id = $2
 LIMIT $3
"""
REPORTED: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND open_reports > 0
 LIMIT $2
"""
FLAGGED: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND status = 'pending'
   AND (assigned_to IS NOT NULL OR escalated_at IS NOT NULL OR edited_at IS NOT NULL
        OR appealed_at IS NOT NULL)
 LIMIT $2
"""
# Also what was decided: a second opinion that differs raises it to the admins.
ESCALATED: Final = """
SELECT site_id, id
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND escalated_at IS NOT NULL
 LIMIT $2
"""
BY_WORDS: Final = """
SELECT site_id, comment_id AS id
  FROM search
 WHERE site_id = ANY($1::integer[]) AND words @@ $2::text::tsquery
 LIMIT $3
"""
# The latest comments, whose words nobody has written down yet.
UNREAD: Final = """
SELECT u.site_id, u.id
  FROM unnest($1::integer[]) AS wanted(site_id)
  LEFT JOIN search_mark m ON m.site_id = wanted.site_id
 CROSS JOIN LATERAL (
       SELECT c.site_id, c.id
         FROM comment c
        WHERE c.site_id = wanted.site_id AND c.id > coalesce(m.until, $2)
        ORDER BY c.id
        LIMIT $3) AS u
 LIMIT $3
"""
PATIENCE: Final = "SELECT set_config('statement_timeout', $1, true)"
AUTHOR_OF: Final = """
SELECT site_id, digest
  FROM contact
 WHERE site_id = ANY($1::integer[]) AND comment_id = $2
"""
NETWORK_OF: Final = """
SELECT site_id, network
  FROM comment
 WHERE site_id = ANY($1::integer[]) AND id = $2 AND network IS NOT NULL
"""


async def author_of(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> tuple[int, bytes] | None:
    """The site of a comment and the digest of its author's address; None where there is none for us."""
    row = await conn.fetchrow(AUTHOR_OF, list(site_ids), comment_id)
    return None if row is None else (row["site_id"], row["digest"])


async def network_of(conn: Connection, site_ids: Sequence[int], comment_id: UUID) -> tuple[int, bytes] | None:
    """The site of a comment and the digest of its network; None where it is forgotten, or is not ours."""
    row = await conn.fetchrow(NETWORK_OF, list(site_ids), comment_id)
    return None if row is None else (row["site_id"], row["network"])


async def few(conn: Connection, sought: Sought) -> Keys | None:
    """Ids among which everything sought is, if an index knows them and they are few."""
    wanted, sites = sought.filters, list(sought.site_ids)
    limit = MOST + 1
    rows: Sequence[asyncpg.Record]
    if sought.author is not None:
        rows = await conn.fetch(BY_AUTHOR, sites[0], sought.author, limit)
    elif sought.network is not None:
        rows = await conn.fetch(BY_NETWORK, sites[0], sought.network, limit)
    elif _is_flagged(wanted):
        rows = await conn.fetch(FLAGGED, sites, limit)
    elif wanted.escalated:
        rows = await conn.fetch(ESCALATED, sites, limit)
    elif wanted.reported:
        rows = await conn.fetch(REPORTED, sites, limit)
    elif sought.words is not None:
        found = await _by_words(conn, sites, sought.words)
        if found is None:
            return None
        rows = found
    elif wanted.page is not None:
        rows = await conn.fetch(BY_PAGE, sites, wanted.page, limit)
    else:
        return None
    if len(rows) >= limit:
        return None
    return [row["site_id"] for row in rows], [row["id"] for row in rows]


def _is_flagged(wanted: Filters) -> bool:
    flags = wanted.assigned_to, wanted.escalated, wanted.edited, wanted.appealed
    return wanted.status is Status.PENDING and any(flags)


async def _by_words(conn: Connection, sites: list[int], words: str) -> Sequence[asyncpg.Record] | None:
    """Comments that have the words, and those that nobody has looked through yet."""
    unread = await conn.fetch(UNREAD, sites, UUID(int=0), MOST_UNREAD + 1)
    if len(unread) > MOST_UNREAD:
        return None
    try:
        async with conn.transaction():
            await conn.execute(PATIENCE, _PATIENCE)
            return [*await conn.fetch(BY_WORDS, sites, words, MOST + 1), *unread]
    except asyncpg.QueryCanceledError:
        return None
