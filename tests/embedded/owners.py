"""Another process that owns a data folder, to be killed, waited for, or run as somebody else."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from service.embedded import Purpose
from service.embedded.processes import cluster_processes

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import asyncio, codecs, os, sys
from pathlib import Path
import structlog
from service.embedded import EmbeddedPostgresError, Purpose, embedded_postgres, server
from service.embedded.binaries import find_binaries, runnable_by
from service.embedded.privileges import Account

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

async def main():
    async with embedded_postgres(Path(sys.argv[1]), purpose=Purpose(sys.argv[2])) as running:
        print(running.owner_dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)

uid = int(sys.argv[3])
if uid:
    # This user may be unable to read our checkout or virtual environment.
    binaries = runnable_by(Account(uid, uid), find_binaries())
    server.find_binaries = lambda: binaries
    # Neither may it be able to read the interpreter, so what is imported late is imported now.
    asyncio.run(asyncio.to_thread(int))
    codecs.lookup("ascii")
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
try:
    asyncio.run(main())
except EmbeddedPostgresError as error:
    print("refused:", error, flush=True)
"""


@contextmanager
def owner(
    data_dir: Path, purpose: Purpose = Purpose.SERVE, *, uid: int = 0
) -> Iterator["subprocess.Popen[str]"]:
    """A process that has the server until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(data_dir), purpose, str(uid)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()


async def first_line(process: "subprocess.Popen[str]") -> str:
    """Its owner's address, or why it was refused."""
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).strip()


async def ask(dsn: str, query: str, *args: object) -> object:
    """One value, on a connection of its own."""
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        value: object = await conn.fetchval(query, *args)
    finally:
        await conn.close()
    return value


async def tell(dsn: str, statement: str) -> None:
    """One statement, on a connection of its own."""
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


def running_on(data_dir: Path) -> list[int]:
    """The server processes of this folder."""
    return cluster_processes(data_dir / "postgres")


def postmaster_on(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
