"""One owner for a data folder: a lock file held by flock, which the kernel frees at any death.

The file's content only says who holds it; it is advice for the sentence we show and for a command
that wants to attach. Python opens files without inheritance, so no server process keeps the lock.
"""

import errno
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from service.embedded.errors import NotSupportedHere
from service.embedded.layout import Layout, explained, share_with_owner

if sys.platform != "win32":
    import fcntl


class Purpose(StrEnum):
    """What the data folder is wanted for."""

    SERVE = "serve"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the folder; `socket_dir` is there once its server takes connections."""

    pid: int
    purpose: Purpose
    socket_dir: Path | None = None


class DataDirLock:
    """The lock of one data folder, as seen by one would-be owner."""

    def __init__(self, layout: Layout) -> None:
        if sys.platform == "win32":
            raise NotSupportedHere(
                "The embedded PostgreSQL does not run on this system: start a PostgreSQL server"
                " and set GREENROOM_DATABASE_URL to its address."
            )
        self._path = layout.lock
        self._mine: Holder | None = None
        with explained(layout.root):
            is_new = not layout.lock.exists()
            self._handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            if is_new:
                share_with_owner(layout, layout.lock)

    def try_acquire(self, purpose: Purpose) -> bool:
        """Take the lock if it is free; never waits."""
        with explained(self._path):
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    return False
                raise
            self._write(Holder(os.getpid(), purpose))
        return True

    def announce(self, socket_dir: Path) -> None:
        """Say that the server of this holder takes connections, and where."""
        if self._mine is not None:
            self._write(replace(self._mine, socket_dir=socket_dir))

    def holder(self) -> Holder | None:
        """Who holds the lock, or None while that is unknown or a leftover of the dead."""
        holder = _parse(os.pread(self._handle, 4096, 0))
        return holder if holder is not None and _is_alive(holder.pid) else None

    def release(self) -> None:
        """Give the lock back; safe to call when we never had it."""
        if self._mine is not None:
            os.ftruncate(self._handle, 0)
            self._mine = None
        os.close(self._handle)

    def _write(self, holder: Holder) -> None:
        self._mine = holder
        content = {"pid": holder.pid, "purpose": holder.purpose.value}
        if holder.socket_dir is not None:
            content["socket_dir"] = str(holder.socket_dir)
        encoded = json.dumps(content).encode()
        os.pwrite(self._handle, encoded, 0)
        os.ftruncate(self._handle, len(encoded))


def _parse(encoded: bytes) -> Holder | None:
    try:
        content: object = json.loads(encoded)
    except ValueError:
        return None
    if not isinstance(content, Mapping):
        return None
    pid, socket_dir = content.get("pid"), content.get("socket_dir")
    try:
        purpose = Purpose(str(content.get("purpose")))
    except ValueError:
        return None
    if not isinstance(pid, int) or pid <= 0:
        return None
    return Holder(pid, purpose, Path(socket_dir) if isinstance(socket_dir, str) else None)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
