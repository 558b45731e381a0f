"""Installs schema.sql, leads older databases to it, and lets the application's role in."""

import asyncio
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import asyncpg
import structlog

from service.errors import Unavailable
from service.store import roles
from service.store.belts import DESK
from service.store.database import MIN_SERVER, Connection

# Two minutes in all, for somebody who reads the whole database.
_LOCK_TRIES: Final = 150
_LOCK_PAUSE: Final = 0.5
_LOCK_KEY: Final = 0x6772_6565_6E72_6F6F
_log = structlog.get_logger("greenroom.schema")

INSTALLED: Final = "SELECT to_regclass('schema_version') IS NOT NULL"
VERSION: Final = "SELECT coalesce(max(version), 0) FROM schema_version"
LOCK: Final = "SELECT pg_advisory_lock($1)"
WHO: Final = "SELECT current_user::text"
UNLOCK: Final = "SELECT pg_advisory_unlock($1)"
RECORD_STEP: Final = "INSERT INTO schema_version (version) VALUES ($1)"


class StaleSchema(Unavailable):
    """The database is older or newer than this release, and may not be migrated by itself."""


def schema_sql() -> str:
    """The text of schema.sql: inside the package in a wheel, at the root of a checkout."""
    inside = files("service").joinpath("schema.sql")
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "schema.sql").read_text(encoding="utf-8")


def migrations() -> Sequence[tuple[int, str]]:
    """Every migration as (version, SQL), in order. Files are called `0002_words.sql`."""
    folder = files("service.store").joinpath("migrations")
    found = [(re.match(r"(\d{4})_\w+\.sql$", entry.name), entry) for entry in folder.iterdir()]
    return sorted((int(match[1]), entry.read_text(encoding="utf-8")) for match, entry in found if match)


def latest_version() -> int:
    """The version that schema.sql ends at."""
    match = re.search(r"INSERT INTO schema_version \(version\) VALUES \((\d+)\);", schema_sql())
    assert match is not None
    return int(match[1])


async def migrate(dsn: str, *, app_role: str | None = None) -> tuple[int, int]:
    """Bring the database to the latest version; gives (version before, version after).

    Takes an advisory lock, so that only one process migrates. Each step is one transaction that waits
    for locks only shortly, so that waiting behind a long reader never stops the writers. `app_role` gets
    what the application needs and no more: it can add audit events but not change them.
    """
    conn = await asyncpg.connect(dsn, timeout=5, server_settings={"lock_timeout": "2s"})
    try:
        if conn.get_server_version().major < MIN_SERVER:
            raise StaleSchema(f"PostgreSQL {MIN_SERVER} or newer is needed.")
        await conn.execute("SET lock_timeout = 0")
        await conn.fetchval(LOCK, _LOCK_KEY)
        await conn.execute("SET lock_timeout = '2s'")
        before = await version(conn)
        await _apply(conn, before)
        if app_role:
            await _let_in(conn, app_role)
        if await roles.ensure(conn, app_role or str(await conn.fetchval(WHO))):
            await _let_in(conn, DESK)
        await conn.fetchval(UNLOCK, _LOCK_KEY)
        return before, await version(conn)
    finally:
        await conn.close()


async def installed_version(dsn: str) -> int:
    """The version of the database at `dsn`; 0 where nothing is installed."""
    conn = await asyncpg.connect(dsn, timeout=5)
    try:
        return await version(conn)
    finally:
        await conn.close()


async def version(conn: Connection) -> int:
    """The version of this database; 0 where nothing is installed."""
    if not await conn.fetchval(INSTALLED):
        return 0
    return int(await conn.fetchval(VERSION))


async def require_latest(conn: Connection) -> None:
    """Raise `StaleSchema`, with the command that mends it, unless the database is at our version."""
    found, wanted = await version(conn), latest_version()
    if found < wanted:
        raise StaleSchema(
            f"The database's schema is at version {found}, this release needs {wanted}. "
            "Run `greenroom migrate` and start again."
        )
    if found > wanted:
        raise StaleSchema(
            f"The database's schema is at version {found}, newer than this release ({wanted}). "
            "Start the newer release."
        )


async def _apply(conn: Connection, before: int) -> None:
    if before == 0:
        async with conn.transaction():
            await conn.execute(schema_sql())
        _log.info("schema.installed", version=latest_version())
        return
    for step, sql in migrations():
        if step > before:
            await apply_step(conn, sql, step)
            _log.info("schema.migrated", version=step)


async def apply_step(conn: Connection, sql: str, step: int) -> None:
    """One step as one transaction, tried again and again where somebody holds what it has to lock.

    Whoever waits for a lock has everybody behind it wait as well, so it waits shortly and often. Raises
    asyncpg's `LockNotAvailableError` in the end.
    """
    for left in reversed(range(_LOCK_TRIES)):
        try:
            async with conn.transaction():
                await conn.execute("SET LOCAL lock_timeout = '150ms'")
                await conn.execute(sql)
                await conn.execute(RECORD_STEP, step)
        except asyncpg.LockNotAvailableError:
            if not left:
                raise
            await asyncio.sleep(_LOCK_PAUSE)
        else:
            return


async def _let_in(conn: Connection, role: str) -> None:
    """Grant the application's role what it needs. Names come from settings, never from a request."""
    quoted = '"' + role.replace('"', '""') + '"'
    async with conn.transaction():
        for statement in GRANTS:
            await conn.execute(statement.replace(":role", quoted))


GRANTS: Final = (
    "GRANT USAGE ON SCHEMA public TO :role",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :role",
    "REVOKE UPDATE, DELETE ON audit_event, decision, policy, schema_version, key_check FROM :role",
    "REVOKE INSERT ON schema_version FROM :role",
    "GRANT EXECUTE ON FUNCTION forget_notes TO :role",
)
