"""X9, X10, X15: a database that wants for space, for the right to write, or for a lock."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg
import httpx2

from faults.clusters import Cluster, cluster
from faults.load import PAGES, SITE
from faults.play import Found, How, Play, experiment, under_load
from faults.stage import ORIGIN, stage
from service.store.schema import apply_step

_DISK_MB: Final = 300
_LONGEST_BEHIND_CHANGE: Final = 1.5


@experiment("X9", "the database's disk is full, and then is not")
async def x9(home: Path, how: How) -> Found:
    """Writers are told 503, readers read on, and it goes on when there is space again."""
    few = {"max_wal_size": "32MB"}
    with (
        small_disk(home) as disk,
        cluster(disk, "one", few) as made,
        stage(home, made) as service,
    ):
        async with under_load(service, how=how) as play:
            ballast = disk / "ballast"
            _fill(ballast)
            await _refused(play)
            read = await _thread(service.url)
            ballast.unlink()
            if not made.is_running:
                await asyncio.to_thread(made.start, few)
                play.found["database_ended"] = True
            await play.recovers(time.monotonic())
        assert read == 200, f"a reader was told {read}"
        return play.found


@contextmanager
def small_disk(home: Path) -> Iterator[Path]:
    """A file system in memory, which only root may make; removed at the end."""
    disk = home / "disk"
    disk.mkdir()
    owner = home.stat()
    options = f"size={_DISK_MB}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    mount = shutil.which("mount")
    assert mount is not None
    assert sys.platform == "linux"
    subprocess.run([mount, "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill(path: Path) -> None:
    """Take all space that is left."""
    with path.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass


async def _refused(play: Play) -> None:
    """Until writers are refused."""
    before, until = play.load.statuses("post").get("503", 0), time.monotonic() + 40
    while play.load.statuses("post").get("503", 0) < before + 20:
        assert time.monotonic() < until, f"nobody is refused: {play.load.statuses('post')}"
        await asyncio.sleep(0.05)


async def _thread(url: str) -> int:
    async with httpx2.AsyncClient(timeout=15) as client:
        query, headers = {"page": PAGES[0]}, {"Origin": ORIGIN}
        return (await client.get(f"{url}{SITE}/thread", params=query, headers=headers)).status_code


@experiment("X10", "the database may only be read for a while, as after a failover")
async def x10(home: Path, how: How) -> Found:
    """Writers are told 503, and nobody has to start anything again."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            conn = await asyncpg.connect(await service.admin_dsn())
            await _read_only(conn, "on")
            await _refused(play)
            read = await _thread(service.url)
            await _read_only(conn, "off")
            await play.recovers(time.monotonic())
            await conn.close()
        assert read == 200, f"a reader was told {read}"
        return play.found


async def _read_only(conn: "asyncpg.Connection[asyncpg.Record]", word: str) -> None:
    await conn.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
    await conn.execute("SELECT pg_reload_conf()")


@experiment("X15", "the schema is changed under load, behind somebody who reads for long")
async def x15(home: Path, how: How) -> Found:
    """The change waits for its turn, and nobody waits for the change."""
    with cluster(home) as made, stage(home, made) as service:
        async with under_load(service, how=how) as play:
            reader = await asyncpg.connect(made.dsn())
            began = time.monotonic()
            async with reader.transaction():
                await reader.fetchval("SELECT count(*) FROM comment")
                changing = asyncio.create_task(_change(made))
                await asyncio.sleep(3)
                assert not changing.done(), "the change did not have to wait"
            await changing
            await reader.close()
            slowest = play.load.slowest("post", since=began)
            refused = [one for one in play.load.seen if one.at >= began and one.status in {0, 503}]
        play.judge("a comment", slowest, _LONGEST_BEHIND_CHANGE)
        assert not (play.is_judged and refused), f"{len(refused)} were refused"
        return {**play.found, "slowest_post_meanwhile": round(slowest, 2), "refused": len(refused)}


async def _change(made: Cluster) -> None:
    conn = await asyncpg.connect(made.dsn("greenroom_owner"))
    try:
        await apply_step(conn, "ALTER TABLE comment ADD COLUMN tried integer", 9_999)
        await conn.execute("DELETE FROM schema_version WHERE version = 9999")
    finally:
        await conn.close()
