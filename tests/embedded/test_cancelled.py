"""Whoever is cancelled while owning a server, or while starting one, leaves no process behind."""

import asyncio
import importlib
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from service.embedded import Purpose, embedded_postgres
from service.embedded.launch import spawn
from tests.embedded.owners import running_on


async def test_a_cancelled_owner_still_stops_its_server(data_dir: Path) -> None:
    up = asyncio.Event()

    async def own() -> None:
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            up.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(own())
    await up.wait()
    task.cancel()
    await asyncio.sleep(0.02)  # It is stopping the server now.
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert running_on(data_dir) == []


@pytest.mark.parametrize("delay", [0.01, 0.05, 0.1, 0.2])
async def test_an_owner_cancelled_while_it_starts_leaves_no_process(data_dir: Path, delay: float) -> None:
    async def own() -> None:
        async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
            await asyncio.sleep(60)

    task = asyncio.create_task(own())
    await asyncio.sleep(delay)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert running_on(data_dir) == []


@pytest.mark.parametrize("program", ["cluster", "postmaster"])
async def test_an_owner_cancelled_just_as_a_program_starts_leaves_no_process(
    data_dir: Path, tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new" if program == "cluster" else data_dir  # Only a new one needs initdb.
    module = importlib.import_module(f"service.embedded.{program}")
    loop = asyncio.get_running_loop()
    started: list[subprocess.Popen[bytes]] = []

    def cancel_and_spawn(*args: Any, **kwargs: Any) -> "subprocess.Popen[bytes]":
        loop.call_soon_threadsafe(task.cancel)
        time.sleep(0.05)  # Where this runs in a thread, the cancellation arrives before the program starts.
        started.append(spawn(*args, **kwargs))
        return started[-1]

    async def own() -> None:
        async with embedded_postgres(folder, purpose=Purpose.SERVE):
            await asyncio.sleep(60)

    monkeypatch.setattr(module, "spawn", cancel_and_spawn)
    task = asyncio.create_task(own())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert started[0].wait(5) is not None
    assert running_on(folder) == []
