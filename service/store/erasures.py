"""Table `erasure`, and what an address leads to: the comments that are to be shown or erased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.model.privacy import Erasure
from service.store.database import Connection

KNOWN: Final = "SELECT id FROM erasure"
ADD: Final = """
INSERT INTO erasure (site_id, id, digests, until, asked_at, called)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""
ALL: Final = "SELECT site_id, id, digests, until, asked_at, called FROM erasure ORDER BY site_id, id"
OPEN: Final = """
SELECT site_id, id, digests, until, asked_at, called
  FROM erasure
 WHERE done_at IS NULL
 ORDER BY site_id, id
 LIMIT 1000
"""
EARLIER: Final = """
SELECT site_id, id, digests, until, asked_at, called
  FROM erasure
 WHERE done_at IS NULL AND site_id = $1 AND id < $2 AND digests && $3::bytea[]
 ORDER BY id
"""
DONE: Final = "UPDATE erasure SET done_at = now() WHERE site_id = $1 AND id = $2 AND done_at IS NULL"
# In the order of their ids, which is the order in which whoever changes comments takes their rows.
COMMENTS: Final = """
SELECT comment_id
  FROM contact
 WHERE site_id = $1 AND digest = ANY($2::bytea[]) AND comment_id > $3 AND comment_id < $4
 ORDER BY comment_id
 LIMIT $5
"""
COUNTS: Final = """
SELECT (SELECT count(*) FROM contact WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS contact,
       (SELECT count(*) FROM signal WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS signal,
       (SELECT count(*) FROM link WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS link,
       (SELECT count(*) FROM likeness WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS likeness,
       (SELECT count(*) FROM lesson WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS lesson,
       (SELECT count(*) FROM revision WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS revision,
       (SELECT count(*) FROM report WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS report,
       (SELECT count(*) FROM consent WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS consent,
       (SELECT count(*) FROM note WHERE site_id = $1 AND comment_id = ANY($2::uuid[])) AS note
"""
FORGET_TALK: Final = """
WITH notes AS (
    DELETE FROM note WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), keys AS (
    DELETE FROM idempotency_key WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
)
SELECT forget_notes($1, $2::uuid[])
"""
FORGET_RULES: Final = """
DELETE FROM rule WHERE site_id = $1 AND kind = 'author' AND value = ANY($2::text[])
"""


async def known(conn: Connection) -> set[UUID]:
    """The ids of all erasures that this database knows of."""
    return {row["id"] for row in await conn.fetch(KNOWN)}


async def every(conn: Connection) -> Sequence[Erasure]:
    """All erasures that this database knows of."""
    return [_erasure(row) for row in await conn.fetch(ALL)]


async def add(conn: Connection, erasures: Sequence[Erasure]) -> None:
    """Write erasures down, which are to be carried out."""
    rows = [(e.site_id, e.id, list(e.digests), e.until, e.asked_at, e.called) for e in erasures]
    await conn.executemany(ADD, rows)


async def unfinished(conn: Connection) -> Sequence[Erasure]:
    """Up to a thousand erasures that were not carried out to their end."""
    return [_erasure(row) for row in await conn.fetch(OPEN)]


async def earlier(conn: Connection, erasure: Erasure) -> Sequence[Erasure]:
    """What the same person asked for before and was not carried out to its end."""
    found = await conn.fetch(EARLIER, erasure.site_id, erasure.id, list(erasure.digests))
    return [_erasure(row) for row in found]


async def done(conn: Connection, erasure: Erasure) -> bool:
    """Note that an erasure is carried out; False where somebody else has."""
    return (await conn.execute(DONE, erasure.site_id, erasure.id)).endswith(" 1")


async def comments(
    conn: Connection, site_id: int, digests: Sequence[bytes], after: UUID, until: UUID, limit: int
) -> list[UUID]:
    """Up to `limit` comments with ids between these that were sent with such an address, by id."""
    rows = await conn.fetch(COMMENTS, site_id, list(digests), after, until, limit)
    return [row["comment_id"] for row in rows]


async def counts(conn: Connection, site_id: int, ids: Sequence[UUID]) -> dict[str, int]:
    """How many rows of each table are about these comments."""
    row = await conn.fetchrow(COUNTS, site_id, list(ids))
    assert row is not None
    return dict(row)


async def forget_talk(conn: Connection, site_id: int, ids: Sequence[UUID]) -> None:
    """Delete what moderators said about erased comments, and the keys that they were sent with."""
    await conn.execute(FORGET_TALK, site_id, list(ids))


async def forget_rules(conn: Connection, site_id: int, digests: Sequence[bytes]) -> int:
    """Delete the standing rules about an author with such an address; gives how many."""
    answer = await conn.execute(FORGET_RULES, site_id, [digest.hex() for digest in digests])
    return int(answer.rpartition(" ")[2])


def _erasure(row: asyncpg.Record) -> Erasure:
    asked_at: datetime = row["asked_at"]
    digests = tuple(row["digests"])
    return Erasure(row["site_id"], row["id"], digests, row["until"], asked_at, row["called"])
