"""Tables `moderator` and `moderator_site`."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from service.errors import AlreadyExists
from service.model.people import Moderator, Rights, Role
from service.store.database import Connection

ADD_MODERATOR: Final = """
INSERT INTO moderator (id, name, role, all_sites, may_disclose, password_hash, one_time_until)
VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
"""
FORGET_SITES: Final = "DELETE FROM moderator_site WHERE moderator_id = $1"
ADD_SITES: Final = """
INSERT INTO moderator_site (moderator_id, site_id, role)
SELECT $1, * FROM unnest($2::integer[], $3::text[])
"""
ALL: Final = """
SELECT m.id, m.name, m.role, m.all_sites, m.may_disclose, m.password_hash, m.one_time_until, m.totp,
       m.totp_confirmed_at IS NOT NULL AS has_second_factor, m.oidc_subject IS NOT NULL AS is_linked,
       m.follows_groups, m.created_at, m.disabled_at,
       ARRAY(SELECT w.site_id FROM moderator_site w WHERE w.moderator_id = m.id ORDER BY 1) AS site_ids,
       ARRAY(SELECT w.role FROM moderator_site w WHERE w.moderator_id = m.id ORDER BY w.site_id) AS site_roles
  FROM moderator m
 WHERE $1::uuid IS NULL OR m.id = $1
 ORDER BY m.disabled_at IS NOT NULL, m.name
"""
ID_BY_NAME: Final = "SELECT id FROM moderator WHERE lower(name) = lower($1)"
ID_BY_SUBJECT: Final = "SELECT id FROM moderator WHERE oidc_issuer = $1 AND oidc_subject = $2"
COUNT_MODERATORS: Final = "SELECT count(*) FROM moderator WHERE disabled_at IS NULL"
# In the order of their ids, so that two admins who change one another wait in line and not in a circle.
LOCK_GOVERNORS: Final = """
SELECT id
  FROM moderator
 WHERE role = 'admin' AND all_sites AND disabled_at IS NULL
 ORDER BY id
   FOR UPDATE
"""
SET_RIGHTS: Final = """
UPDATE moderator SET role = $2, all_sites = $3, may_disclose = $4, follows_groups = $5 WHERE id = $1
"""
FOLLOW_GROUPS: Final = "UPDATE moderator SET follows_groups = true WHERE id = $1"
SET_DISABLED: Final = """
UPDATE moderator SET disabled_at = CASE WHEN $2::boolean THEN coalesce(disabled_at, now()) END WHERE id = $1
"""
SET_PASSWORD: Final = """
UPDATE moderator SET password_hash = $2, one_time_until = now() + $3::interval WHERE id = $1
"""
LINK: Final = "UPDATE moderator SET oidc_issuer = $2, oidc_subject = $3 WHERE id = $1"
PREFERENCES: Final = "SELECT preferences FROM moderator WHERE id = $1"
SET_PREFERENCES: Final = "UPDATE moderator SET preferences = $2::jsonb WHERE id = $1"


async def add_moderator(
    conn: Connection, moderator: Moderator, one_time_for: timedelta | None = None
) -> None:
    """Store a moderator; `AlreadyExists` where the name is taken."""
    rights = moderator.rights
    try:
        await conn.execute(
            ADD_MODERATOR,
            moderator.id,
            moderator.name,
            rights.role.value,
            rights.sites is None,
            rights.may_disclose,
            moderator.password_hash,
            one_time_for,
        )
    except asyncpg.UniqueViolationError:
        raise AlreadyExists(f"There is a moderator called {moderator.name} already.") from None
    await _set_sites(conn, moderator.id, rights)


async def every(conn: Connection) -> Sequence[Moderator]:
    """All moderators by name, the disabled ones last."""
    return [_moderator(row) for row in await conn.fetch(ALL, None)]


async def by_id(conn: Connection, moderator_id: UUID) -> Moderator | None:
    """One moderator, disabled or not."""
    row = await conn.fetchrow(ALL, moderator_id)
    return None if row is None else _moderator(row)


async def by_name(conn: Connection, name: str) -> Moderator | None:
    """The moderator of this name, in whatever case it is written, disabled or not."""
    found = await conn.fetchval(ID_BY_NAME, name)
    return None if found is None else await by_id(conn, found)


async def by_subject(conn: Connection, issuer: str, subject: str) -> Moderator | None:
    """Whom a provider's account is linked to."""
    found = await conn.fetchval(ID_BY_SUBJECT, issuer, subject)
    return None if found is None else await by_id(conn, found)


async def count_moderators(conn: Connection) -> int:
    """How many moderators can sign in."""
    return int(await conn.fetchval(COUNT_MODERATORS))


async def lock_governors(conn: Connection) -> set[UUID]:
    """The ids of the admins of everything, whom nobody else changes until this transaction ends."""
    return {row["id"] for row in await conn.fetch(LOCK_GOVERNORS)}


async def set_rights(
    conn: Connection, moderator_id: UUID, rights: Rights, *, follows_groups: bool = False
) -> None:
    """Replace what a moderator may do, and where."""
    everywhere = rights.sites is None
    await conn.execute(
        SET_RIGHTS, moderator_id, rights.role.value, everywhere, rights.may_disclose, follows_groups
    )
    await conn.execute(FORGET_SITES, moderator_id)
    await _set_sites(conn, moderator_id, rights)


async def set_disabled(conn: Connection, moderator_id: UUID, *, disabled: bool) -> None:
    """Keep a moderator out, or let them in again."""
    await conn.execute(SET_DISABLED, moderator_id, disabled)


async def set_password(
    conn: Connection, moderator_id: UUID, password_hash: str, one_time_for: timedelta | None
) -> None:
    """Replace a password; with `one_time_for` it only opens the way to an own one, and only so long."""
    await conn.execute(SET_PASSWORD, moderator_id, password_hash, one_time_for)


async def link(conn: Connection, moderator_id: UUID, identity: tuple[str, str] | None) -> None:
    """Link a provider's account (issuer, subject), or none; `AlreadyExists` where it is somebody else's."""
    issuer, subject = identity or (None, None)
    try:
        await conn.execute(LINK, moderator_id, issuer, subject)
    except asyncpg.UniqueViolationError:
        raise AlreadyExists("That account is linked to another moderator.") from None


async def follow_groups(conn: Connection, moderator_id: UUID) -> None:
    """From now on a provider's groups say what role somebody has, until a person says another."""
    await conn.execute(FOLLOW_GROUPS, moderator_id)


async def preferences(conn: Connection, moderator_id: UUID) -> dict[str, Any]:
    """What a moderator set for the console."""
    found: dict[str, Any] = json.loads(await conn.fetchval(PREFERENCES, moderator_id) or "{}")
    return found


async def set_preferences(conn: Connection, moderator_id: UUID, chosen: Mapping[str, Any]) -> None:
    """Replace what a moderator set for the console."""
    await conn.execute(SET_PREFERENCES, moderator_id, json.dumps(dict(chosen)))


async def _set_sites(conn: Connection, moderator_id: UUID, rights: Rights) -> None:
    given = rights.sites or {}
    roles = [role.value if role else None for role in given.values()]
    await conn.execute(ADD_SITES, moderator_id, list(given), roles)


def _moderator(row: asyncpg.Record) -> Moderator:
    return Moderator(
        id=row["id"],
        name=row["name"],
        rights=rights_of(row),
        password_hash=row["password_hash"],
        one_time_until=row["one_time_until"],
        totp=row["totp"],
        has_second_factor=row["has_second_factor"],
        is_linked=row["is_linked"],
        follows_groups=row["follows_groups"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )


def rights_of(row: asyncpg.Record) -> Rights:
    """What a row of `moderator` with its sites says that somebody may do."""
    roles = [Role(role) if role else None for role in row["site_roles"]]
    sites = None if row["all_sites"] else dict(zip(row["site_ids"], roles, strict=True))
    return Rights(Role(row["role"]), sites, row["may_disclose"])
