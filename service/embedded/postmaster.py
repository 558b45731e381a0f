"""One run of the server program: from a clean slate until it takes connections, and its end."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from subprocess import Popen

import structlog

from service.embedded.config import fixed_settings
from service.embedded.errors import StartFailed
from service.embedded.launch import (
    Launch,
    last_complaint,
    log_since,
    log_size,
    rotate_log,
    spawn,
)
from service.embedded.layout import explained
from service.embedded.privileges import data_argument
from service.embedded.processes import end_cluster, pid_file_lines
from service.embedded.sockets import remove_stale_socket, socket_folder

POLL_SECONDS = 0.005
# The rests between attempts when the dead have not quite gone yet.
RESTS_SECONDS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
PASSING_COMPLAINTS = ("lock file", "pre-existing shared memory block", "is still in use")
# Recovery after a crash replays what was not yet written; a big one may take minutes.
READY_SECONDS = 600.0
RECOVERY_IS_WORTH_A_WORD_SECONDS = 2.0
STATUS_LINE = 7

log = structlog.get_logger("greenroom.embedded")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server; `exited` is set when its process has ended and was reaped."""

    process: "Popen[bytes]"
    exited: asyncio.Event


async def start_postmaster(launch: Launch, tell: Callable[[str], None]) -> Postmaster:
    """Clear away what an earlier run left, start the server, and wait until it is ready."""
    begin = time.monotonic()
    said = ""
    for rest in RESTS_SECONDS:
        await asyncio.sleep(rest)
        await clear_leftovers(launch)
        offset = log_size(launch.layout)
        postmaster = _run(launch)
        try:
            is_ready = await _wait_until_ready(launch, postmaster, tell)
        except BaseException:
            await stop_postmaster(launch, postmaster)
            raise
        if is_ready:
            took_ms = round((time.monotonic() - begin) * 1000)
            log.info("postgres.started", pid=postmaster.process.pid, took_ms=took_ms)
            return postmaster
        said = log_since(launch.layout, offset)
        if not any(complaint in said for complaint in PASSING_COMPLAINTS):
            break
    raise StartFailed(
        f"The database server ended before it was ready ({last_complaint(said)}): see"
        f" {launch.layout.log_file}, put that right, and start again."
    )


async def stop_postmaster(launch: Launch, postmaster: Postmaster) -> None:
    """Fast shutdown, then harder; returns when no process of the cluster is left."""
    await end_cluster(launch.layout.pgdata)
    if postmaster.process.poll() is None:
        # Not found by its working folder: it has not come as far as that.
        postmaster.process.kill()
    await postmaster.exited.wait()
    log.info("postgres.stopped", pid=postmaster.process.pid)


async def clear_leftovers(launch: Launch) -> None:
    """End a dead owner's server and remove its files, whose numbers may be anybody's by now."""
    await end_cluster(launch.layout.pgdata)
    with explained(launch.layout.root):
        (launch.layout.pgdata / "postmaster.pid").unlink(missing_ok=True)
        # A cleaner of temporary files may have taken the folder while the server was down.
        folder = socket_folder(launch.layout, launch.credentials, launch.account)
        remove_stale_socket(folder)
        rotate_log(launch.layout)


def _run(launch: Launch) -> Postmaster:
    pgdata = launch.layout.pgdata
    settings = fixed_settings(launch.socket_dir)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    argv = ["postgres", "-D", data_argument(pgdata, launch.account), *options]
    with explained(launch.layout.root):
        process = spawn(launch, argv, cwd=pgdata)
    exited = asyncio.Event()
    # A thread in waitpid reaps at once, under any event loop and without waking up to look.
    threading.Thread(
        target=_reap, args=(process, asyncio.get_running_loop(), exited), daemon=True
    ).start()
    return Postmaster(process, exited)


def _reap(process: "Popen[bytes]", loop: asyncio.AbstractEventLoop, exited: asyncio.Event) -> None:
    process.wait()
    with suppress(RuntimeError):  # The loop may have been closed before the server ended.
        loop.call_soon_threadsafe(exited.set)


async def _wait_until_ready(
    launch: Launch, postmaster: Postmaster, tell: Callable[[str], None]
) -> bool:
    begin = time.monotonic()
    has_told = False
    while not postmaster.exited.is_set():
        lines = pid_file_lines(launch.layout.pgdata)
        if (
            len(lines) > STATUS_LINE
            and lines[0] == str(postmaster.process.pid)
            and lines[STATUS_LINE].strip() == "ready"
        ):
            return True
        waited = time.monotonic() - begin
        if waited > READY_SECONDS:
            raise StartFailed(
                f"The database server was not ready after {READY_SECONDS:.0f} seconds: see"
                f" {launch.layout.log_file}, and start again when the disk is less busy."
            )
        if waited > RECOVERY_IS_WORTH_A_WORD_SECONDS and not has_told:
            tell("The database is recovering from a crash; this can take a while")
            has_told = True
        await asyncio.sleep(POLL_SECONDS)
    return False
