"""Makes the database cluster, whole or not at all: beside its place, then renamed into it.

An initdb that was killed leaves only a folder with another name, which the next start removes. A
folder we did not make is never deleted.
"""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from service.embedded.config import write_config
from service.embedded.credentials import ADMIN_ROLE
from service.embedded.errors import StartFailed, WrongMajorVersion
from service.embedded.launch import Launch, last_complaint, log_since, log_size, spawn
from service.embedded.layout import Layout, explained, sync_folder
from service.embedded.privileges import data_argument, own_tree

STAGING_PREFIX = "postgres.init-"
# pg_trgm finds letters by lc_ctype, and with C it drops every letter that is not ASCII. macOS
# before 15 has no C.UTF-8, and there any UTF-8 locale knows the letters as well; plain C comes
# last, for a server with weaker near-duplicate search is better than none.
CHARACTER_TYPES = ("C.UTF-8", "en_US.UTF-8", "C")


async def ensure_cluster(launch: Launch, tell: Callable[[str], None]) -> None:
    """Have a cluster of our major version in place, made now if there is none."""
    layout = launch.layout
    with explained(layout.root):
        await asyncio.to_thread(_sweep, layout)
        if not await asyncio.to_thread(_is_complete, launch):
            tell("Making a new database (first start)")
            await _make(launch, tell)
        elif launch.account is not None and layout.pgdata.stat().st_uid == 0:
            await asyncio.to_thread(own_tree, layout.pgdata, launch.account)
        write_config(layout.pgdata, launch.account)


def _is_complete(launch: Launch) -> bool:
    pgdata = launch.layout.pgdata
    if not pgdata.exists():
        return False
    try:
        found = (pgdata / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        _set_aside_if_unfinished(pgdata)
        return False
    if found != str(launch.binaries.major):
        raise WrongMajorVersion(
            f"The data in {pgdata} was written by PostgreSQL {found}, and this is PostgreSQL"
            f" {launch.binaries.major}: dump it with the Greenroom that wrote it, move the folder"
            " away, start this one, and restore the dump."
        )
    return True


def _set_aside_if_unfinished(pgdata: Path) -> None:
    if (pgdata / "global" / "pg_control").exists():
        raise StartFailed(
            f"The folder {pgdata} holds a damaged database (its file PG_VERSION is missing):"
            " restore it from a backup, or move the folder away to begin with an empty one."
        )
    if any(pgdata.iterdir()):
        pgdata.rename(pgdata.with_name(f"postgres.unfinished-{time.time_ns()}"))


def _sweep(layout: Layout) -> None:
    for leftover in layout.root.glob(f"{STAGING_PREFIX}*"):
        # An initdb whose parent was killed may still be writing there: what is left goes next time.
        shutil.rmtree(leftover, ignore_errors=True)


async def _make(launch: Launch, tell: Callable[[str], None]) -> None:
    layout = launch.layout
    staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=layout.root))
    begin = log_size(layout)
    try:
        if launch.account is not None:
            os.chown(staging, launch.account.uid, launch.account.gid)
        for ctype in CHARACTER_TYPES:
            if await _initdb(launch, staging, ctype) == 0:
                await asyncio.to_thread(_move_into_place, staging, layout.pgdata)
                return
            if "locale" not in log_since(layout, begin):
                break
            tell(f"This system has no locale {ctype}, trying the next")
        raise StartFailed(
            f"The database could not be made ({last_complaint(log_since(layout, begin))}): see"
            f" {layout.log_file}, put that right, and start again."
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)


async def _initdb(launch: Launch, staging: Path, ctype: str) -> int:
    # fmt: off
    argv = [
        "initdb", "-D", data_argument(staging, launch.account), "-U", ADMIN_ROLE,
        "--auth=scram-sha-256", "--pwfile=/dev/stdin", "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        f"--lc-ctype={ctype}", "--lc-collate=C", "--data-checksums", "--no-instructions",
    ]
    # fmt: on
    password = _pipe_with(launch.credentials.admin, launch)
    try:
        child = spawn(launch, argv, cwd=staging, stdin=password)
    finally:
        os.close(password)
    try:
        return await asyncio.to_thread(child.wait)
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        raise


def _pipe_with(password: str, launch: Launch) -> int:
    """A pipe that already holds the password, so that it never lies in a file."""
    reading, writing = os.pipe()
    if launch.account is not None:
        # initdb opens it by name, which asks for the rights of the account it runs as.
        os.fchown(reading, launch.account.uid, launch.account.gid)
    os.write(writing, password.encode() + b"\n")
    os.close(writing)
    return reading


def _move_into_place(staging: Path, pgdata: Path) -> None:
    staging.rename(pgdata)
    sync_folder(pgdata.parent)
