"""What a running server promises: private, durable, and good at every script."""

import asyncio
import os
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from service.embedded import EmbeddedServer, Purpose, embedded_postgres
from tests.embedded.owners import ask, running_on, tell


@pytest.fixture(scope="module")
async def server(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedServer]:
    data_dir = tmp_path_factory.mktemp("shared") / "var"
    subprocess.run([shutil.which("cp") or "cp", "-a", str(seed), str(data_dir)], check=True)
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as running:
        yield running


def socket_dir(server: EmbeddedServer) -> Path:
    return Path(parse_qs(urlsplit(server.app_dsn).query)["host"][0])


async def test_the_owner_owns_the_database_and_neither_role_is_a_superuser(server: EmbeddedServer) -> None:
    assert await ask(server.owner_dsn, "SELECT current_user") == "greenroom_owner"
    assert await ask(server.app_dsn, "SELECT current_user") == "greenroom_app"
    powers = (
        "SELECT bool_or(rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)"
        " FROM pg_roles WHERE rolname LIKE 'greenroom%'"
    )
    assert await ask(server.admin_dsn, powers) is False
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'greenroom'"
    assert await ask(server.admin_dsn, owner) == "greenroom_owner"


async def test_the_application_can_neither_create_tables_nor_read_files(server: EmbeddedServer) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await tell(server.app_dsn, "CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(server.app_dsn, "SELECT pg_read_file('/etc/passwd')")


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_the_application_cannot_enter_another_database(server: EmbeddedServer, database: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(urlsplit(server.app_dsn)._replace(path=f"/{database}").geturl(), "SELECT 1")


async def test_a_wrong_password_is_refused_for_every_role(server: EmbeddedServer) -> None:
    rules = """SELECT string_agg(concat_ws(' ', type, database, user_name, auth_method), ';')
                 FROM pg_hba_file_rules"""
    assert await ask(server.admin_dsn, rules) == "local {all} {all} scram-sha-256"
    for dsn in (server.owner_dsn, server.app_dsn, server.admin_dsn):
        password = urlsplit(dsn).password
        assert password is not None
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(dsn.replace(password, "guess"), "SELECT 1")


async def test_only_the_servers_own_user_may_enter_the_sockets_folder(server: EmbeddedServer) -> None:
    folder = socket_dir(server)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert folder.stat().st_uid == (server.log_file.parents[1] / "postgres").stat().st_uid


async def test_no_secret_is_readable_by_others_or_shown_by_repr(server: EmbeddedServer) -> None:
    root = server.log_file.parents[1]
    for path in (root / "postgres-credentials.json", root / "postgres.lock", root / "postgres"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
    password = urlsplit(server.app_dsn).password
    assert password is not None
    assert password not in repr(server)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("wal_level", "replica"),
        ("max_connections", "100"),
        ("shared_buffers", "128MB"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("password_encryption", "scram-sha-256"),
        ("server_encoding", "UTF8"),
        ("log_statement", "none"),
        ("log_min_duration_statement", "-1"),
        ("log_min_error_statement", "panic"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("unix_socket_permissions", "0700"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
async def test_a_setting_holds(server: EmbeddedServer, setting: str, value: str) -> None:
    assert await ask(server.app_dsn, "SELECT current_setting($1)", setting) == value


async def test_the_owner_can_search_urdu_by_similarity(server: EmbeddedServer) -> None:
    await tell(server.owner_dsn, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert await ask(server.owner_dsn, "SELECT cardinality(show_trgm('تبصرہ'))") == 6
    alike = "SELECT similarity('یہ تبصرہ اچھا ہے', 'یہ تبصرہ اچھی ہے') > 0.6"
    assert await ask(server.owner_dsn, alike) is True
    assert await ask(server.owner_dsn, "SELECT upper('é я')") == "É Я"


async def test_nothing_of_a_failing_statement_reaches_the_log(server: EmbeddedServer) -> None:
    await tell(server.owner_dsn, "CREATE TABLE IF NOT EXISTS secret (email text PRIMARY KEY)")
    insert = "INSERT INTO secret VALUES ($1) RETURNING email"
    await ask(server.owner_dsn, insert, "canary@example.org")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ask(server.owner_dsn, insert, "canary@example.org")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await tell(server.owner_dsn, "SELECT 'canary'::int")
    assert "canary" not in server.log_file.read_text()


async def test_pg_dump_of_the_same_wheel_takes_the_owners_address(server: EmbeddedServer) -> None:
    argv = [str(server.bin_dir / "pg_dump"), "--schema-only", server.owner_dsn]
    dump = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=True)
    assert "PostgreSQL database dump complete" in dump.stdout


async def test_a_clean_stop_leaves_no_process_and_no_socket(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert running_on(data_dir)
    assert running_on(data_dir) == []
    assert not (socket_dir(server) / ".s.PGSQL.5432").exists()
    assert "database system is shut down" in server.log_file.read_text()


async def test_the_server_is_in_a_session_of_its_own(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        assert {os.getsid(pid) for pid in running_on(data_dir)}.isdisjoint({os.getsid(0)})


async def test_the_addresses_stay_the_same_from_start_to_start(data_dir: Path) -> None:
    seen = set()
    for _ in range(2):
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
            seen.add((server.owner_dsn, server.app_dsn))
    assert len(seen) == 1


async def test_a_data_folder_with_a_path_of_any_length_and_any_letters_will_do(
    seed: Path, tmp_path: Path
) -> None:
    data_dir = tmp_path / ("deep/" * 20) / "a folder's name, 100 % تبصرہ"
    data_dir.parent.mkdir(parents=True)
    subprocess.run([shutil.which("cp") or "cp", "-a", str(seed), str(data_dir)], check=True)
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1
