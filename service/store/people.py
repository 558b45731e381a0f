"""Tables `moderator`, `moderator_site`, `session` and `api_token`."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.errors import AlreadyExists
from service.model.people import ROLE_SCOPES, Moderator, Principal, Role, Scope
from service.store.database import Connection

ADD_MODERATOR: Final = """
INSERT INTO moderator (id, name, role, all_sites, password_hash)
VALUES ($1, $2, $3, $4, $5)
"""
ADD_MODERATOR_SITES: Final = """
INSERT INTO moderator_site (moderator_id, site_id)
SELECT $1, unnest($2::integer[])
"""
MODERATOR_BY_NAME: Final = """
SELECT m.id, m.name, m.role, m.all_sites, m.password_hash,
       ARRAY(SELECT s.site_id FROM moderator_site s WHERE s.moderator_id = m.id) AS site_ids
  FROM moderator m
 WHERE m.name = $1 AND m.disabled_at IS NULL
"""
COUNT_MODERATORS: Final = "SELECT count(*) FROM moderator WHERE disabled_at IS NULL"
ADD_SESSION: Final = """
INSERT INTO session (digest, moderator_id, expires_at)
VALUES ($1, $2, now() + $3::interval)
"""
BY_SESSION: Final = """
SELECT m.id, m.name, m.role, m.all_sites, s.seen_at < now() - interval '1 minute' AS stale,
       ARRAY(SELECT w.site_id FROM moderator_site w WHERE w.moderator_id = m.id) AS site_ids
  FROM session s
  JOIN moderator m ON m.id = s.moderator_id
 WHERE s.digest = $1
   AND s.expires_at > now()
   AND s.seen_at > now() - $2::interval
   AND m.disabled_at IS NULL
"""
TOUCH_SESSION: Final = "UPDATE session SET seen_at = now() WHERE digest = $1"
END_SESSION: Final = "DELETE FROM session WHERE digest = $1"
ADD_TOKEN: Final = """
INSERT INTO api_token (id, digest, scopes, site_id, expires_at)
VALUES ($1, $2, $3, $4, now() + $5::interval)
"""
BY_TOKEN: Final = """
SELECT id, digest, scopes, site_id
  FROM api_token
 WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""


async def add_moderator(conn: Connection, moderator: Moderator) -> None:
    """Store a moderator; `AlreadyExists` where the name is taken."""
    try:
        await conn.execute(
            ADD_MODERATOR,
            moderator.id,
            moderator.name,
            moderator.role.value,
            moderator.site_ids is None,
            moderator.password_hash,
        )
    except asyncpg.UniqueViolationError:
        raise AlreadyExists(f"There is a moderator called {moderator.name} already.") from None
    await conn.execute(ADD_MODERATOR_SITES, moderator.id, list(moderator.site_ids or ()))


async def moderator_by_name(conn: Connection, name: str) -> Moderator | None:
    """The moderator who signs in with this name, unless disabled."""
    row = await conn.fetchrow(MODERATOR_BY_NAME, name)
    if row is None:
        return None
    return Moderator(row["id"], row["name"], Role(row["role"]), _sites(row), row["password_hash"])


async def count_moderators(conn: Connection) -> int:
    """How many moderators can sign in."""
    return int(await conn.fetchval(COUNT_MODERATORS))


async def add_session(conn: Connection, digest: bytes, moderator_id: UUID, lasts: timedelta) -> None:
    """Begin a session."""
    await conn.execute(ADD_SESSION, digest, moderator_id, lasts)


async def by_session(conn: Connection, digest: bytes, idle: timedelta) -> Principal | None:
    """Who a session belongs to, unless it ended; notes at most once a minute that it is used."""
    row = await conn.fetchrow(BY_SESSION, digest, idle)
    if row is None:
        return None
    if row["stale"]:
        await conn.execute(TOUCH_SESSION, digest)
    return Principal(
        name=row["name"],
        scopes=ROLE_SCOPES[Role(row["role"])],
        site_ids=_sites(row),
        moderator_id=row["id"],
        session=digest,
    )


async def end_session(conn: Connection, digest: bytes) -> None:
    """End a session here and now."""
    await conn.execute(END_SESSION, digest)


async def add_token(
    conn: Connection,
    token_id: str,
    digest: bytes,
    scopes: Iterable[Scope],
    *,
    site_id: int | None,
    lasts: timedelta | None,
) -> None:
    """Store an API token; without `lasts` it does not expire."""
    await conn.execute(ADD_TOKEN, token_id, digest, [scope.value for scope in scopes], site_id, lasts)


async def by_token(conn: Connection, token_id: str) -> tuple[bytes, Principal] | None:
    """The digest to compare with, and who the token acts as; None where it is unknown or has ended."""
    row = await conn.fetchrow(BY_TOKEN, token_id)
    if row is None:
        return None
    return row["digest"], Principal(
        name=f"token {row['id']}",
        scopes=frozenset(map(Scope, row["scopes"])),
        site_ids=None if row["site_id"] is None else frozenset({row["site_id"]}),
    )


def _sites(row: asyncpg.Record) -> frozenset[int] | None:
    return None if row["all_sites"] else frozenset(row["site_ids"])
