"""The two roles and the database, made or repaired at every start.

One connection asks whether all is as it should be, by a fingerprint kept as the database's comment,
which travels with the cluster and is written last. Only if not is anything changed, and every
statement may be repeated.
"""

import asyncio
import os
import re
from typing import Protocol

import asyncpg
import structlog

from service.embedded.credentials import (
    ADMIN_ROLE,
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Credentials,
    dsn,
)
from service.embedded.errors import StartFailed
from service.embedded.launch import Launch, spawn
from service.embedded.privileges import data_argument

CONNECT_SECONDS = 30.0
LITERAL = re.compile(r"[A-Za-z0-9_-]+")
IS_DONE = """
SELECT count(*) = 2 AND bool_and(NOT rolsuper AND rolcanlogin AND NOT rolcreaterole
                                 AND NOT rolcreatedb AND NOT rolreplication AND NOT rolbypassrls)
       AND (SELECT shobj_description(oid, 'pg_database') = $2 AND datdba = $3::text::regrole
            FROM pg_database WHERE datname = $1)
FROM pg_roles WHERE rolname IN ($3, $4)
"""
LIMITS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"

log = structlog.get_logger("greenroom.embedded")


class _Speaks(Protocol):
    async def execute(self, query: str) -> str: ...

    async def fetchval(self, query: str, *args: object) -> object: ...


async def ensure_roles(launch: Launch) -> None:
    """See that both roles and the database are there, with our passwords."""
    credentials = launch.credentials
    server = await asyncpg.connect(
        dsn(ADMIN_ROLE, credentials.admin, launch.socket_dir, database="postgres"),
        timeout=CONNECT_SECONDS,
    )
    try:
        mark = credentials.fingerprint()
        if await _is_done(server, mark):
            return
        await _make_roles(server, credentials)
        await _make_database(server)
        await _close_schema(launch)
        await server.execute(f"COMMENT ON DATABASE {DATABASE} IS '{mark}'")
        log.info("postgres.roles_made")
    finally:
        await server.close()


async def _is_done(server: _Speaks, mark: str) -> bool:
    names = await server.fetchval(
        "SELECT count(*) FROM pg_roles WHERE rolname IN ($1, $2)", OWNER_ROLE, APP_ROLE
    )
    if names != 2:
        return False
    return bool(await server.fetchval(IS_DONE, DATABASE, mark, OWNER_ROLE, APP_ROLE))


async def _make_roles(server: _Speaks, credentials: Credentials) -> None:
    for role, password in ((OWNER_ROLE, credentials.owner), (APP_ROLE, credentials.app)):
        if not await server.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
            await server.execute(f"CREATE ROLE {role}")
        await server.execute(f"ALTER ROLE {role} {LIMITS} PASSWORD {_literal(password)}")


async def _make_database(server: _Speaks) -> None:
    if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
        await server.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    await server.execute(f"ALTER DATABASE {DATABASE} OWNER TO {OWNER_ROLE}")
    await server.execute(f"REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC")
    await server.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE}")


async def _close_schema(launch: Launch) -> None:
    inside = await asyncpg.connect(
        dsn(ADMIN_ROLE, launch.credentials.admin, launch.socket_dir), timeout=CONNECT_SECONDS
    )
    try:
        await inside.execute(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}")
        await inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    finally:
        await inside.close()


async def reset_admin_password(launch: Launch) -> None:
    """Let ourselves in when the passwords' file was lost; the server must be down.

    In single-user mode the server asks nobody for a password: who may read the files is in anyway.
    """
    statement = f"ALTER ROLE {ADMIN_ROLE} PASSWORD {_literal(launch.credentials.admin)}\n"
    argv = [
        "postgres",
        "--single",
        *("-D", data_argument(launch.layout.pgdata, launch.account)),
        *("-c", "log_statement=none"),
        *("-c", "log_min_error_statement=panic"),
        "postgres",
    ]
    reading, writing = os.pipe()
    os.write(writing, statement.encode())
    os.close(writing)
    try:
        child = spawn(launch, argv, cwd=launch.layout.pgdata, stdin=reading)
    finally:
        os.close(reading)
    if await asyncio.to_thread(child.wait) != 0:
        raise StartFailed(
            f"The database's passwords do not fit {launch.layout.credentials} and could not be"
            f" set anew: see {launch.layout.log_file}, or restore that file from a backup."
        )
    log.warning("postgres.passwords_renewed")


def _literal(password: str) -> str:
    if not LITERAL.fullmatch(password):
        raise StartFailed(
            "The passwords' file of the embedded database was edited by hand: delete it, and new"
            " passwords are made at the next start."
        )
    return f"'{password}'"
