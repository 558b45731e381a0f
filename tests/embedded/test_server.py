"""The embedded PostgreSQL: private, durable, alone on its data, and back after every kill."""

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import asyncpg
import pytest

from service.embedded import (
    AlreadyRunning,
    EmbeddedServer,
    Purpose,
    StartFailed,
    WrongMajorVersion,
    embedded_postgres,
)
from service.embedded.processes import cluster_processes
from tests.conftest import in_database


def own(data_dir: Path, uid: int | None, told: Connection) -> None:
    """Run the server of a data folder until the end, as another user if so wished; tells its address."""
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)

    async def main() -> None:
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
            told.send(server.owner_dsn)
            await asyncio.sleep(600)

    with suppress(KeyboardInterrupt):
        asyncio.run(main())


@asynccontextmanager
async def an_owner(data_dir: Path, uid: int | None = None) -> AsyncIterator[tuple[int, str]]:
    """Another process that runs the server of this data folder: its pid and the server's address."""
    ours, theirs = multiprocessing.Pipe()
    # Forked and not started anew: another user may not be allowed to read our interpreter.
    process = multiprocessing.get_context("fork").Process(target=own, args=(data_dir, uid, theirs))
    process.start()
    try:
        assert process.pid is not None
        assert await asyncio.to_thread(ours.poll, 20)
        yield process.pid, ours.recv()
    finally:
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGINT)
        await asyncio.to_thread(process.join, 20)


async def ask(dsn: str, sql: str) -> object:
    conn = await asyncpg.connect(dsn)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def until_answering(dsn: str) -> None:
    for _ in range(500):
        try:
            await ask(dsn, "SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.02)
        else:
            return
    raise AssertionError("The server did not come back.")


def postmaster_of(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_it_asks_for_passwords_and_takes_no_other(server: EmbeddedServer) -> None:
    for role in ("postgres", "greenroom_owner", "greenroom_app"):
        host = server.app_dsn.split("?")[1]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://{role}:guess@/greenroom?{host}")
    assert (
        await ask(
            server.admin_dsn, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
        )
        == 0
    )


async def test_it_listens_on_a_private_socket_and_nowhere_else(server: EmbeddedServer) -> None:
    assert await ask(server.admin_dsn, "SHOW listen_addresses") == ""
    folder = Path(str(await ask(server.admin_dsn, "SHOW unix_socket_directories")))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_it_is_durable_and_private_whatever_a_file_says(server: EmbeddedServer) -> None:
    for name, value in {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "log_statement": "none",
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",
    }.items():
        assert await ask(server.admin_dsn, f"SHOW {name}") == value, name


async def test_the_application_is_no_superuser_and_owns_nothing(server: EmbeddedServer) -> None:
    sql = """SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls
               FROM pg_roles WHERE rolname = current_user"""
    assert await ask(server.app_dsn, sql) is False
    assert await ask(server.owner_dsn, sql) is False
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(server.app_dsn, "CREATE TABLE mine (x int)")


async def test_trigrams_know_the_letters_of_urdu(server: EmbeddedServer) -> None:
    conn = await asyncpg.connect(in_database(server.admin_dsn, "postgres"))
    await conn.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert await conn.fetchval("SELECT cardinality(show_trgm('خوش آمدید'))") > 5
    await conn.close()


async def test_a_killed_server_comes_back_by_itself_with_every_row(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE) as server:
        await ask(server.owner_dsn, "CREATE TABLE kept AS SELECT 1 AS x")
        for pid in cluster_processes(tmp_path / "var" / "postgres"):
            os.kill(pid, signal.SIGKILL)
        await until_answering(server.owner_dsn)
        assert await ask(server.owner_dsn, "SELECT count(*) FROM kept") == 1
    assert cluster_processes(tmp_path / "var" / "postgres") == []


async def test_the_orphan_of_a_killed_owner_is_taken_over(tmp_path: Path) -> None:
    async with an_owner(tmp_path / "var") as (pid, dsn):
        await ask(dsn, "CREATE TABLE kept AS SELECT 1 AS x")
        orphan = postmaster_of(tmp_path / "var")
        os.kill(pid, signal.SIGKILL)
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE) as server:
        assert await ask(server.owner_dsn, "SELECT count(*) FROM kept") == 1
        assert postmaster_of(tmp_path / "var") != orphan


@pytest.mark.parametrize("pid", [os.getpid(), 1, 4_000_000], ids=["ours", "the first", "nobody's"])
async def test_a_stale_pid_file_needs_no_hand(tmp_path: Path, pid: int) -> None:
    data_dir = tmp_path / "var"
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        lines = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
    (data_dir / "postgres" / "postmaster.pid").write_text("\n".join([str(pid), *lines[1:]]) + "\n")
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1


async def test_an_initdb_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    half = tmp_path / "var" / "postgres.init-cut"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1
    assert not half.exists()


async def test_lost_passwords_are_renewed(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        await ask(server.owner_dsn, "CREATE TABLE kept AS SELECT 1 AS x")
    (data_dir / "postgres-credentials.json").unlink()
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.owner_dsn, "SELECT count(*) FROM kept") == 1


async def test_a_second_service_on_one_folder_is_told_who_has_it(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE):
        with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}.*stop it first"):
            async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE):
                pass


async def test_a_command_uses_the_server_of_a_running_service_and_leaves_it_running(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE) as server:
        pid = postmaster_of(tmp_path / "var")
        async with embedded_postgres(tmp_path / "var", purpose=Purpose.COMMAND) as command:
            assert await ask(command.app_dsn, "SELECT 1") == 1
        assert await ask(server.app_dsn, "SELECT 1") == 1
        assert postmaster_of(tmp_path / "var") == pid


async def test_commands_without_a_service_take_turns(tmp_path: Path) -> None:
    async def command() -> object:
        async with embedded_postgres(tmp_path / "var", purpose=Purpose.COMMAND) as server:
            return await ask(server.app_dsn, "SELECT 1")

    assert list(await asyncio.gather(command(), command(), command())) == [1, 1, 1]
    assert cluster_processes(tmp_path / "var" / "postgres") == []


async def test_data_of_another_major_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(WrongMajorVersion, match=r"PostgreSQL 17.*dump it"):
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            pass


async def test_a_damaged_folder_is_never_overwritten(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        pass
    (data_dir / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(StartFailed, match="restore it from a backup"):
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            pass
    assert (data_dir / "postgres" / "global" / "pg_control").exists()


async def test_no_password_is_in_the_log_or_in_the_open(tmp_path: Path) -> None:
    async with embedded_postgres(tmp_path / "var", purpose=Purpose.SERVE) as server:
        kept = tmp_path / "var" / "postgres-credentials.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        log = server.log_file.read_text()
        assert not any(word in log for word in json.loads(kept.read_text()).values())
        assert "owner_dsn" not in repr(server)


if os.geteuid() == 0:

    async def test_as_root_the_server_is_another_user_even_below_a_folder_that_is_roots_alone(
        tmp_path: Path,
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        async with embedded_postgres(closed / "var", purpose=Purpose.SERVE) as server:
            assert await ask(server.app_dsn, "SELECT 1") == 1
            owner = Path(f"/proc/{postmaster_of(closed / 'var')}").stat().st_uid
            assert owner != 0
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    def knock(socket_path: Path, told: Connection) -> None:
        """As somebody else on this machine, try to reach the socket."""
        os.setuid(65534)
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(str(socket_path))
        except OSError as error:
            told.send(type(error).__name__)
        else:
            told.send("let in")

    async def test_a_stranger_on_the_same_machine_cannot_even_reach_the_socket(
        server: EmbeddedServer,
    ) -> None:
        folder = Path(str(await ask(server.admin_dsn, "SHOW unix_socket_directories")))
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=knock, args=(folder / ".s.PGSQL.5432", theirs)
        )
        process.start()
        await asyncio.to_thread(process.join, 20)
        assert ours.recv() == "PermissionError"

    async def test_an_ordinary_user_can_run_it_too(open_folder: Path) -> None:
        async with an_owner(open_folder, uid=65534) as (pid, dsn):
            assert await ask(dsn, "SELECT 1") == 1
            assert Path(f"/proc/{postmaster_of(open_folder)}").stat().st_uid == 65534
            os.kill(pid, signal.SIGINT)

    @pytest.fixture
    def open_folder() -> Iterator[Path]:
        """A folder of somebody else's, where they can get at it."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o711)
            inside = Path(folder) / "var"
            inside.mkdir()
            os.chown(inside, 65534, 65534)
            yield inside
