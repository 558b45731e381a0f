"""X1, X2, X3, X5: processes that are killed, without a word, in the middle of their work."""

import asyncio
import os
import signal
import time
from pathlib import Path

import asyncpg

from faults.clusters import Cluster, cluster
from faults.play import Found, How, Play, answers_again, experiment, under_load
from faults.stage import stage


@experiment("X1", "PostgreSQL's main process is killed; the service starts it again")
async def x1(home: Path, how: How) -> Found:
    """The embedded server heals by itself."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            for _ in range(how.times):
                dsn, began = await service.admin_dsn(), time.monotonic()
                os.kill(service.database_processes()[0], signal.SIGKILL)
                # Its backends end by themselves, and are not taken for the next server.
                await asyncio.sleep(0.2)
                await _healed(play, dsn, began)
                await play.some()
        return play.found


@experiment(
    "X2",
    "all processes of PostgreSQL are killed at once; with synchronous_commit=off the check must see loss",
)
async def x2(home: Path, how: How) -> Found:
    """Nothing is lost as we run it, and the control loses something."""
    with cluster(home, "durable") as made, stage(home, made) as service:
        async with under_load(service, how=how) as play:
            await _kill_all(play, made)
        found = play.found
    # A flush after so many bytes: after none, each commit would wake the process that flushes.
    loose = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    (home / "control").mkdir()
    with cluster(home, "loose", loose) as made, stage(home / "control", made) as service:
        lost = ""
        try:
            async with under_load(service, how=how) as play:
                # What the service was furnished with is kept: comments are to be lost, not their site.
                await asyncio.to_thread(made.sql, "CHECKPOINT")
                await play.some()
                await _kill_all(play, made)
        except AssertionError as error:
            lost = str(error)
    assert "lost" in lost, f"the check did not see the loss: {lost or 'nothing'}"
    return {**found, "control": lost}


async def _kill_all(play: Play, made: Cluster) -> None:
    for pid in play.stage.database_processes():
        os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(made.stop)
    await asyncio.sleep(1)
    settings = {"synchronous_commit": "off"} if "loose" in made.data.name else {}
    await asyncio.to_thread(made.start, settings)
    await play.recovers(time.monotonic())


@experiment("X3", "one backend of PostgreSQL is killed, which takes all others along")
async def x3(home: Path, how: How) -> Found:
    """PostgreSQL starts over for all connections; the pools find out and connect again."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            dsn = await service.admin_dsn()
            conn = await asyncpg.connect(dsn)
            pid = await conn.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'greenroom' LIMIT 1"
            )
            began = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.1)
            await _healed(play, dsn, began)
            conn.terminate()
        return play.found


@experiment("X5", "the service is killed and started again")
async def x5(home: Path, how: How) -> Found:
    """Who got no answer sends again with the same key, and has one comment."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            for _ in range(how.times):
                service.signal(signal.SIGKILL)
                service.wait()
                await asyncio.to_thread(service.start)
                await play.recovers(time.monotonic())
                await play.some()
        return play.found


async def _healed(play: Play, dsn: str, began: float) -> None:
    """How long the database was away, and how long the service needed from then on."""
    back = await answers_again(dsn)
    play.found["database_seconds"] = round(back - began, 2)
    await play.recovers(back)
