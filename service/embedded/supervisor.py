"""Keeps the server up while its owner lives: when the postmaster dies, it is started again.

The addresses do not change, so a connection pool heals by itself.
"""

import asyncio
import time
from itertools import chain, repeat

import structlog

from service.embedded.errors import EmbeddedPostgresError
from service.embedded.launch import Launch
from service.embedded.postmaster import Postmaster, start_postmaster, stop_postmaster

BACK_OFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 60.0

log = structlog.get_logger("greenroom.embedded")


class Supervisor:
    """Watches one server from its first start until it is told to stop it."""

    def __init__(self, launch: Launch, postmaster: Postmaster) -> None:
        self._launch = launch
        self._postmaster = postmaster
        self._task = asyncio.create_task(self._watch(), name="greenroom-embedded-postgres")

    async def stop(self) -> None:
        """End the watch, then the server."""
        self._task.cancel()
        await asyncio.wait([self._task])
        await stop_postmaster(self._launch, self._postmaster)

    async def _watch(self) -> None:
        rests = _rests()
        while True:
            begin = time.monotonic()
            await self._postmaster.exited.wait()
            code = self._postmaster.process.returncode
            log.error("postgres.died", pid=self._postmaster.process.pid, exit_code=code)
            if time.monotonic() - begin > STEADY_SECONDS:
                rests = _rests()
            await asyncio.sleep(next(rests))
            try:
                self._postmaster = await start_postmaster(self._launch, _say_nothing)
            except (EmbeddedPostgresError, OSError) as error:
                log.error("postgres.restart_failed", error=type(error).__name__)


def _rests() -> "chain[float]":
    return chain(BACK_OFF_SECONDS, repeat(BACK_OFF_SECONDS[-1]))


def _say_nothing(_: str) -> None:
    """A restart has nobody to tell; it is in the log."""
