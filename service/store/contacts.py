"""Table `contact`: the sealed e-mail addresses. Key rotation and disclosure read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.store.database import Connection

DUE: Final = """
SELECT site_id, comment_id, sealed
  FROM contact
 WHERE key_id <> $1 AND (site_id, comment_id) > ($2, $3)
 ORDER BY site_id, comment_id
 LIMIT $4
   FOR UPDATE SKIP LOCKED
"""
COUNT_DUE: Final = "SELECT count(*) FROM contact WHERE key_id <> $1"
RESEAL: Final = """
UPDATE contact AS c
   SET sealed = n.sealed, digest = n.digest, key_id = $1
  FROM unnest($2::integer[], $3::uuid[], $4::bytea[], $5::bytea[]) AS n(site_id, comment_id, sealed, digest)
 WHERE c.site_id = n.site_id AND c.comment_id = n.comment_id
"""
SEALED: Final = "SELECT sealed FROM contact WHERE site_id = $1 AND comment_id = $2"
KEY_CHECKS: Final = "SELECT key_id, digest FROM key_check"
ADD_KEY_CHECK: Final = """
INSERT INTO key_check (key_id, digest)
SELECT * FROM unnest($1::smallint[], $2::bytea[])
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class SealedContact:
    """One row as it lies in the table; `digest` is set when it is written back."""

    site_id: int
    comment_id: UUID
    sealed: bytes
    digest: bytes = b""


async def due(conn: Connection, key_id: int, after: tuple[int, UUID], limit: int) -> Sequence[SealedContact]:
    """Up to `limit` rows that another key than `key_id` sealed, locked, in order after `after`."""
    rows = await conn.fetch(DUE, key_id, *after, limit)
    return [SealedContact(row["site_id"], row["comment_id"], row["sealed"]) for row in rows]


async def count_due(conn: Connection, key_id: int) -> int:
    """How many rows another key than `key_id` sealed."""
    return int(await conn.fetchval(COUNT_DUE, key_id))


async def reseal(conn: Connection, key_id: int, rows: Sequence[SealedContact]) -> None:
    """Write back rows that `key_id` sealed anew."""
    await conn.execute(
        RESEAL,
        key_id,
        [row.site_id for row in rows],
        [row.comment_id for row in rows],
        [row.sealed for row in rows],
        [row.digest for row in rows],
    )


async def sealed(conn: Connection, site_id: int, comment_id: UUID) -> bytes | None:
    """The sealed address of one comment, if it is still kept."""
    found: bytes | None = await conn.fetchval(SEALED, site_id, comment_id)
    return found


async def key_checks(conn: Connection) -> dict[int, bytes]:
    """What the keys of this database answer to the key check."""
    return {row["key_id"]: row["digest"] for row in await conn.fetch(KEY_CHECKS)}


async def add_key_checks(conn: Connection, checks: dict[int, bytes]) -> None:
    """Remember the answers of new keys."""
    await conn.execute(ADD_KEY_CHECK, list(checks), list(checks.values()))
