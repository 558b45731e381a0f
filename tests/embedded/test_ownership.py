"""One owner for a data folder; a command shares the service's server or has one of its own."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from service.embedded import AlreadyRunning, DataDirUnusable, Purpose, claiming, embedded_postgres
from tests.embedded.owners import ask, first_line, owner, postmaster_on, running_on, until


async def test_a_second_service_is_refused_and_told_by_whom(data_dir: Path) -> None:
    with owner(data_dir) as first:
        await first_line(first)
        with pytest.raises(AlreadyRunning, match=rf"process {first.pid}\b.*stop it"):
            async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
                pass
        assert running_on(data_dir)


async def test_the_lock_file_says_who_has_the_folder_and_is_empty_afterwards(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        content = json.loads((data_dir / "postgres.lock").read_text())
        assert (content["pid"], content["purpose"]) == (os.getpid(), "serve")
    assert (data_dir / "postgres.lock").read_text() == ""


async def test_a_command_on_its_own_has_a_server_for_as_long_as_it_runs(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.COMMAND) as server:
        assert await ask(server.owner_dsn, "SELECT 1") == 1
    assert running_on(data_dir) == []


async def test_a_command_attaches_to_a_running_service_and_leaves_it_running(data_dir: Path) -> None:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as service:
        postmaster = postmaster_on(data_dir)
        async with embedded_postgres(data_dir, purpose=Purpose.COMMAND) as command:
            assert command == service
            assert await ask(command.owner_dsn, "SELECT 1") == 1
        assert postmaster_on(data_dir) == postmaster
        assert await ask(service.app_dsn, "SELECT 1") == 1


async def test_a_command_waits_for_a_service_that_is_still_starting(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with owner(data_dir) as service:
        await until(lambda: (data_dir / "postgres").exists())
        async with embedded_postgres(data_dir, purpose=Purpose.COMMAND) as command:
            assert command.owner_dsn == await first_line(service)


async def test_a_command_waits_for_another_command_without_stopping_the_event_loop(data_dir: Path) -> None:
    said: list[str] = []
    with owner(data_dir, Purpose.COMMAND) as first:
        await first_line(first)

        async def second() -> None:
            async with embedded_postgres(
                data_dir, purpose=Purpose.COMMAND, on_progress=said.append
            ) as server:
                assert await ask(server.app_dsn, "SELECT 1") == 1

        waiting = asyncio.create_task(second())
        longest, deadline = 0.0, time.monotonic() + 1.3
        while time.monotonic() < deadline:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
        assert not waiting.done()
        assert longest < 0.2
        assert first.stdin is not None
        first.stdin.close()
        await asyncio.wait_for(waiting, 20)
    assert str(first.pid) in said[0]


async def test_a_service_waits_for_a_command_to_end(data_dir: Path) -> None:
    with owner(data_dir, Purpose.COMMAND) as command:
        await first_line(command)
        service = asyncio.create_task(_serve_once(data_dir))
        await asyncio.sleep(0.2)
        assert not service.done()
        assert command.stdin is not None
        command.stdin.close()
        assert await asyncio.wait_for(service, 20) == 1


async def test_a_service_does_not_wait_for_ever_for_a_command(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "PATIENCE_SECONDS", 0.3)
    with owner(data_dir, Purpose.COMMAND) as command:
        await first_line(command)
        with pytest.raises(AlreadyRunning, match=rf"{command.pid}.*wait until it has ended"):
            await _serve_once(data_dir)


async def test_the_name_of_a_dead_owner_refuses_nobody(data_dir: Path) -> None:
    with owner(data_dir) as first:
        await first_line(first)
        first.kill()
    assert str(first.pid) in (data_dir / "postgres.lock").read_text()
    assert await _serve_once(data_dir) == 1


async def test_a_data_folder_that_cannot_be_one_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirUnusable, match=r"cannot be used .*choose another"):
        await _serve_once(tmp_path / "file" / "var")


async def _serve_once(data_dir: Path) -> object:
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE) as server:
        return await ask(server.app_dsn, "SELECT 1")


async def test_three_commands_on_a_new_folder_take_turns(tmp_path: Path) -> None:
    async def command() -> object:
        async with embedded_postgres(tmp_path / "var", purpose=Purpose.COMMAND) as server:
            return await ask(server.app_dsn, "SELECT 1")

    assert list(await asyncio.gather(command(), command(), command())) == [1, 1, 1]
