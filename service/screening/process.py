"""The screening process as the service sees it: started, spoken to, killed."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from service.screening.frames import Channel
from service.screening.knowledge import Knowledge
from service.screening.room import Answer, Job

# Not `-m`: what is pickled there must not belong to a module called `__main__`.
_ROOM: Final = "from service.screening.room import main; main()"
_GRACE_SECONDS: Final = 2.0


class Process:
    """One process that runs filters. For one event loop."""

    def __init__(
        self,
        filters: str,
        megabytes: int,
        answered: Callable[[Answer | None], None],
        lost: Callable[[], None],
    ) -> None:
        """Start it. `answered` gets None once it is ready, then each answer; `lost` is told of its end.

        Raises `OSError` where no process can be started.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-c", _ROOM, filters, str(number), str(megabytes)]
            try:
                self._popen = subprocess.Popen(  # noqa: S603 - our own module
                    command, stdin=subprocess.DEVNULL, pass_fds=[number], env=_environment()
                )
            except OSError:
                ours.close()
                raise
        self._channel = Channel(ours, answered, lost)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def send(self, values: list[Knowledge | Job]) -> None:
        """Send knowledge and jobs; each job is answered once, in order."""
        self._channel.send(values)

    async def end(self, *, kill: bool) -> None:
        """Close the connection, upon which it ends by itself, or kill it; and see it off."""
        self._channel.close()
        if kill:
            self._popen.kill()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._popen.wait, _GRACE_SECONDS)
            return
        self._popen.kill()
        await asyncio.to_thread(self._popen.wait)


def _environment() -> dict[str, str]:
    """The same modules as here, one thread for arithmetic, and none of our settings: some are secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    path = os.pathsep.join(filter(None, sys.path))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
