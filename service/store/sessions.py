"""Table `session`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.people import ROLE_SCOPES, Errand, Principal, Rights, Role, Scope
from service.store.database import Connection
from service.store.people import rights_of

ADD: Final = """
INSERT INTO session (digest, moderator_id, expires_at, agent, network)
VALUES ($1, $2, now() + $3::interval, $4, $5)
"""
BY_DIGEST: Final = """
SELECT m.id, m.name, m.role, m.all_sites, m.may_disclose, s.seen_at < now() - interval '1 minute' AS stale,
       m.one_time_until IS NOT NULL AS has_borrowed_password, m.totp_confirmed_at IS NULL AS has_no_factor,
       ARRAY(SELECT w.site_id FROM moderator_site w WHERE w.moderator_id = m.id ORDER BY 1) AS site_ids,
       ARRAY(SELECT w.role FROM moderator_site w WHERE w.moderator_id = m.id ORDER BY w.site_id) AS site_roles
  FROM session s
  JOIN moderator m ON m.id = s.moderator_id
 WHERE s.digest = $1
   AND s.expires_at > now()
   AND s.seen_at > now() - $2::interval
   AND m.disabled_at IS NULL
"""
TOUCH: Final = "UPDATE session SET seen_at = now() WHERE digest = $1"
END: Final = "DELETE FROM session WHERE digest = $1"
OF_MODERATOR: Final = """
SELECT id, digest, created_at, seen_at, expires_at, agent, network
  FROM session
 WHERE moderator_id = $1 AND expires_at > now() AND seen_at > now() - $2::interval
 ORDER BY seen_at DESC, id
"""
END_ONE: Final = "DELETE FROM session WHERE moderator_id = $1 AND id = $2 RETURNING id"
END_ALL: Final = "DELETE FROM session WHERE moderator_id = $1 AND digest IS DISTINCT FROM $2 RETURNING id"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser, as its owner sees it."""

    id: UUID
    digest: bytes
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str | None
    network: str | None


async def add(
    conn: Connection, digest: bytes, moderator_id: UUID, lasts: timedelta, *, agent: str, network: str
) -> None:
    """Begin a session."""
    await conn.execute(ADD, digest, moderator_id, lasts, agent[:100] or None, network[:64] or None)


async def by_digest(
    conn: Connection, digest: bytes, idle: timedelta, *, admins_need_factor: bool = False
) -> Principal | None:
    """Who a session belongs to, unless it ended; notes at most once a minute that it is used.

    `admins_need_factor` holds admins without a second factor back until they have one.
    """
    row = await conn.fetchrow(BY_DIGEST, digest, idle)
    if row is None:
        return None
    if row["stale"]:
        await conn.execute(TOUCH, digest)
    return _principal(row, digest, admins_need_factor=admins_need_factor)


async def end(conn: Connection, digest: bytes) -> None:
    """End a session here and now."""
    await conn.execute(END, digest)


async def of_moderator(conn: Connection, moderator_id: UUID, idle: timedelta) -> Sequence[Session]:
    """Where a moderator is signed in, the latest used first."""
    return [Session(*row.values()) for row in await conn.fetch(OF_MODERATOR, moderator_id, idle)]


async def end_one(conn: Connection, moderator_id: UUID, session_id: UUID) -> bool:
    """End one session of a moderator; False where there is no such session."""
    return await conn.fetchval(END_ONE, moderator_id, session_id) is not None


async def end_all(conn: Connection, moderator_id: UUID, keep: bytes | None = None) -> int:
    """End all sessions of a moderator, except the one with the digest `keep`; gives how many."""
    return len(await conn.fetch(END_ALL, moderator_id, keep))


def _principal(row: asyncpg.Record, digest: bytes, *, admins_need_factor: bool) -> Principal:
    rights = rights_of(row)
    by_site = {
        site_id: _scopes(rights, role or rights.role) for site_id, role in (rights.sites or {}).items()
    }
    held = frozenset[Scope]().union(*by_site.values()) if by_site else _scopes(rights, rights.role)
    errand = None
    if row["has_borrowed_password"]:
        errand = Errand.OWN_PASSWORD
    elif admins_need_factor and row["has_no_factor"] and Scope.ADMIN in held:
        errand = Errand.SECOND_FACTOR
    return Principal(
        name=row["name"],
        scopes=held,
        site_ids=None if rights.sites is None else frozenset(rights.sites),
        moderator_id=row["id"],
        session=digest,
        by_site=by_site,
        errand=errand,
    )


def _scopes(rights: Rights, role: Role) -> frozenset[Scope]:
    disclosing = {Scope.DISCLOSE} if rights.may_disclose and role is not Role.READER else set()
    return ROLE_SCOPES[role] | disclosing
