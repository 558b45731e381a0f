"""The roles and the database of the service, made sure of at each start, cheaply when nothing changed."""

import asyncio
import subprocess
from contextlib import suppress
from pathlib import Path

import asyncpg

from service.embedded.credentials import (
    ADMIN_ROLE,
    APP_ROLE,
    DATABASE,
    DESK_ROLE,
    OWNER_ROLE,
    READERS_ROLE,
    dsn,
)
from service.embedded.errors import StartFailed
from service.embedded.launch import Launch, spawn
from service.embedded.layout import write_private
from service.embedded.privileges import data_argument

_MARKER = "greenroom.roles"
_ARE_THERE = f"""
SELECT (SELECT count(*) = 4 FROM pg_roles
         WHERE rolname IN ('{OWNER_ROLE}', '{APP_ROLE}', '{READERS_ROLE}', '{DESK_ROLE}'))
   AND EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"""  # noqa: S608 - our own names
_LIMITS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


async def ensure_roles(launch: Launch) -> None:
    """Have both roles with their passwords and the database; a marker in PGDATA says when it was so."""
    marker = launch.layout.pgdata / _MARKER
    wanted = launch.credentials.fingerprint()
    admin = dsn(ADMIN_ROLE, launch.credentials.admin, launch.socket_dir, database="postgres")
    conn = await asyncpg.connect(admin, timeout=10)
    try:
        if await asyncio.to_thread(_says, marker, wanted) and await conn.fetchval(_ARE_THERE):
            return
        for role, password in ((OWNER_ROLE, launch.credentials.owner), (APP_ROLE, launch.credentials.app)):
            await _ensure_role(conn, role, password)
        for role in (READERS_ROLE, DESK_ROLE):
            await _ensure_belt(conn, role)
        if not await conn.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", DATABASE):
            await conn.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
        await conn.execute(f"REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC")
        await conn.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}")
    finally:
        await conn.close()
    await _own_public_schema(launch)
    await asyncio.to_thread(write_private, marker, wanted)


def _says(marker: Path, wanted: str) -> bool:
    with suppress(OSError):
        return marker.read_text("ascii") == wanted
    return False


async def reset_admin_password(launch: Launch) -> None:
    """Give the superuser the password that we have, in single-user mode: the server must be down.

    For a data folder whose file of passwords was lost.
    """
    statement = f"ALTER ROLE {ADMIN_ROLE} PASSWORD '{launch.credentials.admin}'\n"
    argv = ["postgres", "--single", "-D", data_argument(launch.layout.pgdata, launch.account), "postgres"]
    child = spawn(launch, argv, cwd=launch.layout.pgdata, stdin=subprocess.PIPE)
    await asyncio.to_thread(child.communicate, statement.encode())
    if child.returncode != 0:
        raise StartFailed(
            f"The database's passwords were lost and could not be renewed: see {launch.layout.log_file},"
            f" or put {launch.layout.credentials} back from a backup."
        )


async def _ensure_role(conn: "asyncpg.Connection[asyncpg.Record]", role: str, password: str) -> None:
    known = await conn.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role)
    verb = "ALTER" if known else "CREATE"
    # The server quotes the password itself, so that no string of ours has to be right about quoting.
    sql = await conn.fetchval(
        f"SELECT format('{verb} ROLE %I {_LIMITS} PASSWORD %L', $1::text, $2::text)", role, password
    )
    await conn.execute(sql)


async def _ensure_belt(conn: "asyncpg.Connection[asyncpg.Record]", role: str) -> None:
    """A role that nobody signs in as; the application takes it on to see less."""
    if not await conn.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
        await conn.execute(f"CREATE ROLE {role} NOLOGIN NOBYPASSRLS")
    await conn.execute(f"GRANT {role} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE")


async def _own_public_schema(launch: Launch) -> None:
    admin = dsn(ADMIN_ROLE, launch.credentials.admin, launch.socket_dir)
    conn = await asyncpg.connect(admin, timeout=10)
    try:
        await conn.execute(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}")
        await conn.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    finally:
        await conn.close()
