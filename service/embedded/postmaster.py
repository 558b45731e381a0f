"""One running server: started, waited for, watched, and started again when it dies under us."""

import asyncio
import os
import signal
import subprocess
import time
from dataclasses import dataclass

import structlog

from service.embedded.config import fixed_settings
from service.embedded.errors import EmbeddedPostgresError, StartFailed
from service.embedded.launch import Launch, last_complaint, log_since, log_size, spawn
from service.embedded.privileges import data_argument
from service.embedded.processes import (
    POLL_SECONDS,
    end_cluster,
    pid_file_lines,
    reap_orphans,
    remove_stale_pid_file,
)
from service.embedded.sockets import remove_stale_socket

# Recovery after a crash replays what was not yet written, and to give up would only begin it anew.
START_SECONDS = 600.0
TRIES = 6
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
_STATUS_LINE = 7
_log = structlog.get_logger("greenroom.embedded")


@dataclass(slots=True)
class Postmaster:
    """The server's main process, ours to start and to end."""

    launch: Launch
    child: "subprocess.Popen[bytes] | None" = None

    async def start(self) -> None:
        """Start and wait until it takes connections; whatever an earlier owner left is ended first."""
        for attempt in range(TRIES):
            await end_cluster(self.launch.layout.pgdata)
            remove_stale_socket(self.launch.socket_dir)
            await asyncio.to_thread(remove_stale_pid_file, self.launch.layout.pgdata)
            complaint = await self._try_to_start()
            if complaint is None:
                return
            if "lock file" not in complaint:
                break
            # The killed predecessor is not reaped yet, and PostgreSQL takes a zombie for alive.
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        raise StartFailed(
            f"The database server did not start ({complaint}): see {self.launch.layout.log_file}."
        )

    async def stop(self) -> None:
        """End it by a fast shutdown, and by force when that takes too long."""
        await end_cluster(self.launch.layout.pgdata)
        if self.child is not None:
            await asyncio.to_thread(self.child.wait)
        _log.info("postgres.stopped")

    async def watch(self) -> None:
        """Start it again whenever it dies, after a pause that grows while it keeps dying; never returns."""
        deaths = 0
        while True:
            began = time.monotonic()
            while self.child is not None and self.child.poll() is None:
                reap_orphans(self.child.pid)
                self._hurry(self.child.pid)
                await asyncio.sleep(0.05)
            deaths = 0 if time.monotonic() - began > 60 else deaths + 1
            _log.error("postgres.died", code=self.child.returncode if self.child else None)
            await asyncio.sleep(_PAUSES[min(deaths, len(_PAUSES)) - 1] if deaths else 0)
            try:
                await self.start()
            except (EmbeddedPostgresError, OSError) as error:
                _log.error("postgres.restart_failed", error=type(error).__name__)

    def _hurry(self, pid: int) -> None:
        """Told by somebody to stop once its clients are gone, it would wait for ours, and let no other in."""
        lines = pid_file_lines(self.launch.layout.pgdata)
        if len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "stopping":
            os.kill(pid, signal.SIGINT)

    async def _try_to_start(self) -> str | None:
        """None once it is ready, else the line of its log that says why not."""
        launch, begin, since = self.launch, log_size(self.launch.layout), time.monotonic()
        argv = ["postgres", "-D", data_argument(launch.layout.pgdata, launch.account)]
        for name, value in fixed_settings(launch.socket_dir).items():
            argv += ["-c", f"{name}={value}"]
        self.child = child = spawn(launch, argv, cwd=launch.layout.pgdata)
        while child.poll() is None:
            if self._is_ready(child.pid):
                _log.info("postgres.started", pid=child.pid, ms=round((time.monotonic() - since) * 1000))
                return None
            if time.monotonic() - since > START_SECONDS:
                await end_cluster(launch.layout.pgdata)
                return f"it was not ready after {START_SECONDS:.0f} seconds"
            await asyncio.sleep(POLL_SECONDS)
        return last_complaint(log_since(launch.layout, begin))

    def _is_ready(self, pid: int) -> bool:
        lines = pid_file_lines(self.launch.layout.pgdata)
        return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"
