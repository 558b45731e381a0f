"""Table `api_token`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from service.model.people import Principal, Scope
from service.store.database import Connection

ADD: Final = """
INSERT INTO api_token (id, digest, name, scopes, site_id, expires_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
BY_ID: Final = """
SELECT id, digest, scopes, site_id, used_at IS NULL OR used_at < now() - interval '1 minute' AS stale
  FROM api_token
 WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""
TOUCH: Final = "UPDATE api_token SET used_at = now() WHERE id = $1"
ALL: Final = """
SELECT id, name, scopes, site_id, made_by, created_at, expires_at, revoked_at, used_at
  FROM api_token
 WHERE ($1::integer[] IS NULL OR site_id = ANY($1))
 ORDER BY revoked_at IS NOT NULL, created_at DESC, id
"""
LOCK: Final = """
SELECT id, name, scopes, site_id, made_by, created_at, expires_at, revoked_at, used_at
  FROM api_token
 WHERE id = $1
   FOR UPDATE
"""
REVOKE: Final = "UPDATE api_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id"
EXPIRE: Final = "UPDATE api_token SET expires_at = least(expires_at, now() + $2::interval) WHERE id = $1"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as its admins see it; what it is only its holder knows."""

    id: str
    name: str | None
    scopes: frozenset[Scope]
    site_id: int | None
    made_by: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


async def add(
    conn: Connection,
    token_id: str,
    digest: bytes,
    scopes: Iterable[Scope],
    *,
    name: str | None,
    site_id: int | None,
    expires_at: datetime | None,
    made_by: str,
) -> None:
    """Store a token; without `expires_at` it does not expire."""
    held = [scope.value for scope in scopes]
    await conn.execute(ADD, token_id, digest, name, held, site_id, expires_at, made_by)


async def by_id(conn: Connection, token_id: str) -> tuple[bytes, bool, Principal] | None:
    """The digest to compare with, whether its use should be noted, and who the token acts as.

    None where it is unknown or has ended.
    """
    row = await conn.fetchrow(BY_ID, token_id)
    if row is None:
        return None
    principal = Principal(
        name=f"token {row['id']}",
        scopes=frozenset(map(Scope, row["scopes"])),
        site_ids=None if row["site_id"] is None else frozenset({row["site_id"]}),
    )
    return row["digest"], row["stale"], principal


async def touch(conn: Connection, token_id: str) -> None:
    """Note that a token is used."""
    await conn.execute(TOUCH, token_id)


async def every(conn: Connection, site_ids: Sequence[int] | None) -> Sequence[StoredToken]:
    """The tokens of these sites, or with None all there are: the newest first, the revoked ones last."""
    found = await conn.fetch(ALL, None if site_ids is None else list(site_ids))
    return [_token(row) for row in found]


async def lock(conn: Connection, token_id: str) -> StoredToken | None:
    """One token, which nobody else changes until this transaction ends."""
    row = await conn.fetchrow(LOCK, token_id)
    return None if row is None else _token(row)


async def revoke(conn: Connection, token_id: str) -> bool:
    """End a token here and now; False where it was revoked before."""
    return await conn.fetchval(REVOKE, token_id) is not None


async def expire(conn: Connection, token_id: str, within: timedelta) -> None:
    """Let a token end within this time, if it does not sooner."""
    await conn.execute(EXPIRE, token_id, within)


def _token(row: asyncpg.Record) -> StoredToken:
    given = dict(row)
    return StoredToken(**{**given, "scopes": frozenset(map(Scope, given["scopes"]))})
