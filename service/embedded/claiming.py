"""Who gets the data folder: the rules between a service, a command, and another of either."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from service.embedded.errors import AlreadyRunning
from service.embedded.locking import DataDirLock, Holder, Purpose

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 15.0
TELL_AFTER_SECONDS = 1.0
# A dump of a big database may hold the folder for minutes, and the next command can wait for it.
PATIENCE_BETWEEN_COMMANDS_SECONDS = 600.0


async def claim(
    lock: DataDirLock,
    purpose: Purpose,
    *,
    attach: Callable[[Holder], Awaitable[bool]],
    tell: Callable[[str], None],
) -> Holder | None:
    """Take the lock (None) or attach to the service that has it (its holder)."""
    seen: Holder | None = None
    since, told = time.monotonic(), False
    while not lock.try_acquire(purpose):
        holder = lock.holder()
        if holder is not None and (seen is None or holder.pid != seen.pid):
            seen, since, told = holder, time.monotonic(), False
        if seen is not None and not told and time.monotonic() - since > TELL_AFTER_SECONDS:
            told = True
            tell(f"Waiting for the data folder: process {seen.pid} ({seen.purpose}) has it")
        if holder is not None and holder.purpose is Purpose.SERVE:
            if purpose is Purpose.SERVE:
                raise AlreadyRunning(_already_serving(holder))
            if holder.socket_dir is not None and await attach(holder):
                return holder
        if time.monotonic() - since > _patience(purpose, holder):
            raise AlreadyRunning(_still_busy(seen))
        await asyncio.sleep(POLL_SECONDS)
    return None


def _patience(purpose: Purpose, holder: Holder | None) -> float:
    both_are_commands = (
        purpose is Purpose.COMMAND and holder is not None and holder.purpose is Purpose.COMMAND
    )
    return PATIENCE_BETWEEN_COMMANDS_SECONDS if both_are_commands else PATIENCE_SECONDS


def _already_serving(holder: Holder) -> str:
    return (
        f"Greenroom is already running on this data folder as process {holder.pid}: use that one,"
        f" stop it first (kill {holder.pid}), or start this one with another GREENROOM_DATA_DIR."
    )


def _still_busy(holder: Holder | None) -> str:
    who = f"process {holder.pid} ({holder.purpose})" if holder else "another process"
    return f"The data folder is still in use by {who}: wait until it has ended, or stop it, and try again."
