"""schema.sql is the truth, migrations are the road to it, and the catalogue keeps the house rules."""

import re
import subprocess
from pathlib import Path

import asyncpg
import pytest

from service.app import prepare_schema
from service.embedded import EmbeddedServer
from service.store import schema
from service.store.database import Connection
from service.store.schema import StaleSchema, latest_version, migrations, require_latest, schema_sql
from tests.conftest import in_database

FIRST = Path(__file__).parents[1] / "fixtures" / "schema_0001.sql"
GROWING = {
    "page",
    "comment",
    "contact",
    "signal",
    "link",
    "likeness",
    "lesson",
    "decision",
    "idempotency_key",
    "audit_event",
    "revision",
    "report",
    "lease",
    "search",
    "note",
    "review",
    "event",
    "hour",
    "erasure",
    "consent",
    "used_proof",
    "asked_proof",
}


async def new_database(server: EmbeddedServer, name: str) -> str:
    admin = await asyncpg.connect(in_database(server.admin_dsn, "postgres"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} OWNER greenroom_owner")
    finally:
        await admin.close()
    return in_database(server.owner_dsn, name)


def dump(server: EmbeddedServer, dsn: str) -> str:
    command = [str(server.bin_dir / "pg_dump"), "--schema-only", "--restrict-key=x", "--dbname", dsn]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


async def test_an_old_database_and_a_fresh_one_end_up_equal(server: EmbeddedServer) -> None:
    fresh, old = await new_database(server, "fresh"), await new_database(server, "old")
    await prepare_schema(fresh, in_database(server.app_dsn, "fresh"))
    connection = await asyncpg.connect(old)
    await connection.execute(FIRST.read_text())
    await connection.close()
    before, after = await prepare_schema(old, in_database(server.app_dsn, "old"))

    assert (before, after) == (1, latest_version())
    assert dump(server, old) == dump(server, fresh)


async def test_a_difference_would_be_noticed(server: EmbeddedServer) -> None:
    fresh, old = await new_database(server, "fresh2"), await new_database(server, "old2")
    for dsn in (fresh, old):
        await prepare_schema(dsn, dsn)
    connection = await asyncpg.connect(old)
    await connection.execute("ALTER TABLE comment ADD COLUMN mood text")
    await connection.close()

    assert dump(server, old) != dump(server, fresh)


def test_the_last_migration_leads_to_the_version_of_schema_sql() -> None:
    assert latest_version() == max([1, *(step for step, _ in migrations())])
    assert [step for step, _ in migrations()] == list(range(2, latest_version() + 1))


async def test_migrating_twice_changes_nothing(owner_dsn: str, app_dsn: str) -> None:
    assert await prepare_schema(owner_dsn, app_dsn) == (latest_version(), latest_version())


async def test_a_step_is_taken_once_and_a_broken_one_changes_nothing(
    owner_dsn: str, app_dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [(latest_version() + 1, "ALTER TABLE comment ADD COLUMN mood text")]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    for _ in range(2):
        assert (await prepare_schema(owner_dsn, app_dsn))[1] == latest_version() + 1

    steps.append((latest_version() + 2, "ALTER TABLE comment DROP COLUMN mood; SELECT 1 / 0"))
    with pytest.raises(asyncpg.DivisionByZeroError):
        await prepare_schema(owner_dsn, app_dsn)
    assert await conn.fetchval("SELECT max(version) FROM schema_version") == latest_version() + 1
    assert await conn.fetchval("SELECT count(mood) FROM comment") == 0


@pytest.mark.parametrize(("step", "words"), [(1, "greenroom migrate"), (999, "newer release")])
async def test_another_version_stops_the_start_with_what_to_do(
    conn: Connection, step: int, words: str
) -> None:
    await conn.execute("DELETE FROM schema_version")
    await conn.execute("INSERT INTO schema_version (version) VALUES ($1)", step if step > 1 else 0)
    with pytest.raises(StaleSchema, match=words):
        await require_latest(conn)


async def test_site_id_leads_every_key_of_the_tables_that_grow(conn: Connection) -> None:
    """So that the schema can be distributed by site as it stands (unique, primary and foreign keys)."""
    rows = await conn.fetch(
        """
        SELECT t.relname AS table, k.conname AS name, a.attname AS leading
          FROM pg_constraint k
          JOIN pg_class t ON t.oid = k.conrelid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
         WHERE k.contype IN ('p', 'u', 'f') AND t.relnamespace = 'public'::regnamespace
        """
    )
    wrong = [(r["table"], r["name"]) for r in rows if r["table"] in GROWING and r["leading"] != "site_id"]
    assert wrong == []
    assert {r["table"] for r in rows} >= GROWING - {"audit_event"}
    unique = await conn.fetch(
        """
        SELECT t.relname AS table, i.indexrelid::regclass::text AS name, a.attname AS leading
          FROM pg_index i
          JOIN pg_class t ON t.oid = i.indrelid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
         WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace
        """
    )
    assert [r["name"] for r in unique if r["table"] in GROWING and r["leading"] != "site_id"] == []


async def test_every_table_is_in_the_list_or_known_to_stay_small(conn: Connection) -> None:
    names = {
        r["relname"]
        for r in await conn.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    }
    small = {
        "site",
        "policy",
        "term",
        "brake",
        "learner",
        "untrusted_teacher",
        "moderator",
        "moderator_site",
        "session",
        "api_token",
        "key_check",
        "schema_version",
        "rate_limit",
        "rule",
        "selection",
        "selected",
        "saved_view",
        "recovery_code",
        "search_mark",
        "privacy_request",
        "outbox",
        "flood",
    }
    assert names == GROWING | small


async def test_every_table_and_index_says_what_it_is_for(conn: Connection) -> None:
    silent = await conn.fetch(
        """
        SELECT relname FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') IS NULL
           AND (relkind = 'r' OR (relkind = 'i' AND NOT EXISTS (
                SELECT FROM pg_constraint k WHERE k.conindid = pg_class.oid)))
        """
    )
    assert [row["relname"] for row in silent] == []


async def test_every_foreign_key_says_what_a_deletion_does(conn: Connection) -> None:
    undecided = await conn.fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'a'"
    )
    assert [row["conname"] for row in undecided] == []


def test_sql_is_written_in_the_store_and_nowhere_else() -> None:
    package = Path(schema.__file__).parents[1]
    wild = re.compile(r"\.(fetch|fetchrow|fetchval|execute)\(")
    outside = [
        path.name
        for path in package.rglob("*.py")
        if not {"store", "embedded"} & set(path.relative_to(package).parts) and wild.search(path.read_text())
    ]
    assert outside == []
    assert "CREATE TABLE comment" in schema_sql()


async def test_the_application_owns_nothing_and_cannot_change_what_is_append_only(app_dsn: str) -> None:
    connection = await asyncpg.connect(app_dsn)
    for sql in (
        "CREATE TABLE mine (x int)",
        "DROP TABLE comment",
        "UPDATE decision SET note = 'x'",
        "DELETE FROM decision",
        "UPDATE audit_event SET actor = 'x'",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    await connection.close()
