"""Everything a start needs to know, and the one way to run a program of the server."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.embedded.binaries import Binaries
from service.embedded.credentials import Credentials
from service.embedded.layout import Layout, share_with_owner
from service.embedded.privileges import Account

LOG_SIZE_LIMIT_BYTES = 10_000_000
LOG_TAIL_BYTES = 8_000


@dataclass(frozen=True, slots=True)
class Launch:
    """What to run, on which data, as whom."""

    layout: Layout
    binaries: Binaries
    account: Account | None
    credentials: Credentials
    socket_dir: Path


def spawn(
    launch: Launch, argv: Sequence[str], *, cwd: Path, stdin: int = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Run one program in a session of its own, so that a Ctrl-C meant for us does not reach it.

    It is subprocess and not asyncio, for uvloop cannot start a process as another user. Call it without
    awaiting a thread: who is cancelled while a thread starts the program never learns of it. The
    environment is made anew: a PGOPTIONS of the caller must not change the server, and LC_ALL=C
    keeps the log's words, which we read, English.
    """
    account = launch.account
    log = os.open(launch.layout.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        share_with_owner(launch.layout, launch.layout.log_file)
        return subprocess.Popen(  # noqa: S603 - a fixed program with our own arguments
            [str(launch.binaries.bin_dir / argv[0]), *argv[1:]],
            cwd=cwd,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=stdin,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        os.close(log)


def rotate_log(layout: Layout) -> None:
    """Keep the log of at most two sizes; called at a start, when nobody writes to it."""
    log = layout.log_file
    if log.exists() and log.stat().st_size > LOG_SIZE_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def log_size(layout: Layout) -> int:
    """Where the next line of the log will begin."""
    return layout.log_file.stat().st_size if layout.log_file.exists() else 0


def log_since(layout: Layout, start: int) -> str:
    """What the server has said since then, or the end of it."""
    with layout.log_file.open("rb") as log:
        log.seek(max(start, log_size(layout) - LOG_TAIL_BYTES))
        return log.read().decode("utf-8", "replace")


def last_complaint(text: str) -> str:
    """The line that says why, for a sentence of ours."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for word in ("PANIC:", "FATAL:", "error:", "ERROR:"):
        for line in reversed(lines):
            if word in line:
                return line[line.index(word) :]
    return lines[-1] if lines else "it said nothing"
