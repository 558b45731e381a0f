"""Finds and ends what an earlier owner left running on the same data.

A process belongs to a cluster if its working folder is that cluster's PGDATA. That holds for the
postmaster and all its children, needs no file that could be stale, and cannot take a number that
now belongs to another program for ours. Where there is no /proc, the pid file and `ps` must do.
"""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
POLL_SECONDS = 0.01
FAST_SHUTDOWN_SECONDS = 20.0
IMMEDIATE_SHUTDOWN_SECONDS = 5.0
# Children see within this time that their postmaster is gone, unless they are deep in work.
BEREAVED_SECONDS = 0.5


def cluster_processes(pgdata: Path) -> list[int]:
    """Every living server process of this cluster; the dead but unreaped do not count."""
    if not (PROC / "self" / "cwd").exists():
        return _by_pid_file(pgdata)
    try:
        home = pgdata.stat()
    except FileNotFoundError:
        return []
    found = []
    for name in os.listdir(PROC):
        if not name.isdigit():
            continue
        try:
            cwd = os.stat(f"/proc/{name}/cwd")
            if (cwd.st_dev, cwd.st_ino) != (home.st_dev, home.st_ino):
                continue
            program = (PROC / name / "comm").read_text("utf-8", "replace").strip()
        except OSError:
            continue  # It ended while we looked, or it is another user's.
        if program == "postgres":
            found.append(int(name))
    return found


async def end_cluster(pgdata: Path) -> None:
    """End every server process of this cluster, gently first; returns when none is left."""
    if postmaster_of(pgdata) in await asyncio.to_thread(cluster_processes, pgdata):
        steps = (
            (signal.SIGINT, FAST_SHUTDOWN_SECONDS),
            (signal.SIGQUIT, IMMEDIATE_SHUTDOWN_SECONDS),
            (signal.SIGKILL, IMMEDIATE_SHUTDOWN_SECONDS),
        )
    else:
        steps = (
            (signal.Signals(signal.SIGURG), BEREAVED_SECONDS),
            (signal.SIGQUIT, BEREAVED_SECONDS),
            (signal.SIGKILL, IMMEDIATE_SHUTDOWN_SECONDS),
        )
    for sign, patience in steps:
        if await _signal_and_wait(pgdata, sign, patience):
            return


async def _signal_and_wait(pgdata: Path, sign: signal.Signals, patience: float) -> bool:
    pids = await asyncio.to_thread(cluster_processes, pgdata)
    postmaster = postmaster_of(pgdata)
    # The postmaster passes the word on and waits for its children; only SIGKILL it cannot see.
    told = [postmaster] if postmaster in pids and sign is not signal.SIGKILL else pids
    for pid in told:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
    deadline = time.monotonic() + patience
    while pids and time.monotonic() < deadline:
        await asyncio.sleep(POLL_SECONDS)
        pids = await asyncio.to_thread(cluster_processes, pgdata)
        if told == [postmaster] and postmaster not in pids:
            # It died without its children, so nobody passes the word on: soon they are told themselves.
            deadline, told = min(deadline, time.monotonic() + BEREAVED_SECONDS), []
    for pid in told:
        _reap_if_ours(pid)
    return not pids


def postmaster_of(pgdata: Path) -> int | None:
    """The number in the pid file, whoever has it now."""
    lines = pid_file_lines(pgdata)
    try:
        return int(lines[0])
    except (IndexError, ValueError):
        return None


def pid_file_lines(pgdata: Path) -> list[str]:
    """The pid file, which the server writes line by line as it comes up."""
    try:
        handle = os.open(pgdata / "postmaster.pid", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    with open(handle, encoding="utf-8", errors="replace") as file:
        return file.read(4096).splitlines()


def remove_stale_pid_file(pgdata: Path) -> None:
    """Remove the pid file that a killed server left, where none of its processes is alive.

    Where pids repeat, as in a container, PostgreSQL would take the process that has the number now for its
    predecessor, and we would take the old file's "ready" for the new server's.
    """
    if not cluster_processes(pgdata):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)


def reap_orphans(child: int) -> None:
    """As process 1 of a container, bury what died without a parent; `child` is left to who waits for it."""
    if os.getpid() != 1:
        return
    with suppress(ChildProcessError):
        while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if dead.si_pid == child:
                return
            os.waitpid(dead.si_pid, os.WNOHANG)


def _by_pid_file(pgdata: Path) -> list[int]:
    pid = postmaster_of(pgdata)
    if pid is None or pid <= 0:
        return []
    seen = subprocess.run(  # noqa: S603 - a fixed program and a number
        ["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return [pid] if seen.stdout.strip().endswith("postgres") else []


def _reap_if_ours(pid: int) -> None:
    """As process 1 of a container we inherit orphans, and PostgreSQL takes a zombie for alive."""
    if os.getpid() == 1:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
