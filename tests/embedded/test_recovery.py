"""Whatever is killed or half done, the next start, or the running service, needs no hand."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from service.embedded import Purpose, StartFailed, WrongMajorVersion, embedded_postgres
from tests.embedded.owners import ROOT, ask, first_line, owner, postmaster_on, running_on, tell, until


async def until_it_answers(dsn: str) -> None:
    """Wait, ten seconds at most, for the server to take a connection."""
    deadline = time.monotonic() + 10
    while True:
        try:
            await ask(dsn, "SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        else:
            return


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


async def test_a_killed_postmaster_is_started_again_and_no_acknowledged_row_is_lost(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        pool = await asyncpg.create_pool(server.owner_dsn, min_size=2, max_size=4)
        await pool.execute("CREATE TABLE kept (n int PRIMARY KEY)")
        acknowledged = []
        for n in range(150):
            if n in (50, 100):
                kill(postmaster_on(data_dir))
            try:
                await pool.execute("INSERT INTO kept VALUES ($1)", n)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                await until_it_answers(server.owner_dsn)
            else:
                acknowledged.append(n)
        rows = await pool.fetch("SELECT n FROM kept")
        await pool.close()
        assert {row["n"] for row in rows} >= set(acknowledged)
        assert len(acknowledged) > 100
    assert running_on(data_dir) == []


async def test_killing_every_server_process_at_once_heals_too(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        kill(*running_on(data_dir))
        await asyncio.sleep(0.01)
        await until_it_answers(server.app_dsn)


async def test_a_server_told_to_end_by_somebody_else_comes_back(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        before = postmaster_on(data_dir)
        os.kill(before, signal.SIGINT)
        await until(lambda: before not in running_on(data_dir))
        await until_it_answers(server.app_dsn)


async def test_a_server_told_to_end_once_its_clients_have_gone_comes_back_at_once(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        client, before = await asyncpg.connect(server.app_dsn), postmaster_on(data_dir)
        os.kill(before, signal.SIGTERM)
        await until(lambda: before not in running_on(data_dir))
        await until_it_answers(server.app_dsn)
        client.terminate()


async def test_a_restart_that_fails_for_want_of_a_file_is_tried_again(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        log = server.log_file.parent
        log.rename(log.with_name("elsewhere"))
        kill(postmaster_on(data_dir))
        await asyncio.sleep(1)
        log.with_name("elsewhere").rename(log)
        await until_it_answers(server.app_dsn)


async def test_a_cluster_that_was_moved_to_another_disk_by_a_link_is_served(data_dir: Path) -> None:
    (data_dir / "postgres").rename(data_dir.parent / "bigger disk")
    (data_dir / "postgres").symlink_to(data_dir.parent / "bigger disk")
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1


async def test_the_server_can_be_stopped_while_it_is_being_healed(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        kill(postmaster_on(data_dir))
        await asyncio.sleep(0.05)
    assert running_on(data_dir) == []


async def test_a_server_whose_owner_was_killed_is_taken_over(data_dir: Path) -> None:
    with owner(data_dir) as first:
        dsn = await first_line(first)
        await tell(dsn, "CREATE TABLE kept AS SELECT 1 AS n")
        orphan = postmaster_on(data_dir)
        first.kill()
    assert orphan in running_on(data_dir)
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert postmaster_on(data_dir) != orphan
        assert await ask(server.owner_dsn, "SELECT n FROM kept") == 1
    assert running_on(data_dir) == []


async def test_the_children_of_a_killed_postmaster_do_not_stand_in_the_way(data_dir: Path) -> None:
    with owner(data_dir) as first:
        dsn = await first_line(first)
        # Busy in the processor, this one does not see that its postmaster is gone.
        busy = await asyncpg.connect(dsn)
        work = asyncio.create_task(
            busy.execute("DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"),
        )
        await asyncio.sleep(0.1)
        first.kill()
        kill(postmaster_on(data_dir))
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await work


async def test_a_pid_file_that_names_another_program_does_not_stand_in_the_way(data_dir: Path) -> None:
    with owner(data_dir) as first:
        await first_line(first)
        first.kill()
        kill(*running_on(data_dir))
    pid_file = data_dir / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    keeper = pid_file.stat()
    # A program of the same user as the server, which is what PostgreSQL takes for another server.
    user = keeper.st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["/bin/sleep", "60"], user=user) as innocent:
        pid_file.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
        try:
            async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
                assert await ask(server.app_dsn, "SELECT 1") == 1
            assert innocent.poll() is None
        finally:
            innocent.kill()


async def test_a_first_start_that_was_killed_half_way_is_done_again(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with owner(data_dir) as first:
        await until(lambda: any(data_dir.glob("postgres.init-*/base")))
        first.kill()
    assert not (data_dir / "postgres").exists()
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1
    assert list(data_dir.rglob("*pwfile*")) == []
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        assert list(data_dir.glob("postgres.init-*")) == []


async def test_an_unfinished_cluster_of_another_tool_is_set_aside_and_kept(data_dir: Path) -> None:
    pgdata = data_dir / "postgres"
    (pgdata / "PG_VERSION").unlink()
    (pgdata / "global" / "pg_control").unlink()
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1
    assert len(list(data_dir.glob("postgres.unfinished-*/base"))) == 1


async def test_a_damaged_cluster_is_never_replaced_by_an_empty_one(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(StartFailed, match="restore it from a backup"):
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            pass


async def test_a_cluster_of_another_major_version_is_refused_with_what_to_do(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(WrongMajorVersion, match=r"written by PostgreSQL 17.*dump.*restore"):
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            pass


@pytest.mark.parametrize(
    "damage",
    ["DROP DATABASE greenroom", "DROP OWNED BY greenroom_app; DROP ROLE greenroom_app"],
    ids=["database", "role"],
)
async def test_a_missing_database_or_role_is_made_again(data_dir: Path, damage: str) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        admin = server.admin_dsn.replace("/greenroom?", "/postgres?")
        if "ROLE" in damage:
            await tell(server.admin_dsn, damage)
        else:
            await tell(admin, damage)
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        assert await ask(server.app_dsn, "SELECT 1") == 1


async def test_lost_passwords_are_made_anew_and_the_data_stays(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        await tell(server.owner_dsn, "CREATE TABLE kept AS SELECT 1 AS n")
    (data_dir / "postgres-credentials.json").unlink()
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as again:
        assert again.owner_dsn != server.owner_dsn
        assert await ask(again.owner_dsn, "SELECT n FROM kept") == 1
        assert await ask(again.app_dsn, "SELECT 1") == 1


async def test_a_start_under_uvloop_heals_as_well(data_dir: Path) -> None:
    script = """
import asyncio, os, signal, sys, uvloop
from pathlib import Path
from service.embedded import Purpose, embedded_postgres
from tests.embedded.owners import ask, postmaster_on
from tests.embedded.test_recovery import until_it_answers
async def main(data_dir):
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        os.kill(postmaster_on(data_dir), signal.SIGKILL)
        await asyncio.sleep(0.01)
        await until_it_answers(server.app_dsn)
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(Path(sys.argv[1])))
"""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "error", "-c", script, str(data_dir)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0
    assert running_on(data_dir) == []
