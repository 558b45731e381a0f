"""The screening process as the service sees it: started, spoken to, killed and made anew."""

import asyncio
import os
import signal
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
    """The stem and the one process of it that runs filters. For one event loop."""

    def __init__(
        self,
        filters: str,
        megabytes: int,
        answered: Callable[[Answer | None], None],
        lost: Callable[[], None],
    ) -> None:
        """Start them. `answered` gets None whenever a process is ready, then each answer; `lost` is told of
        the end of one: where it `is_alive`, it may `renew`.

        Raises `OSError` where no process can be started.
        """
        self._answered, self._lost = answered, lost
        self._channel: Channel | None = None
        self.pid = 0
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-c", _ROOM, filters, str(number), str(megabytes)]
            try:
                self._stem = subprocess.Popen(  # noqa: S603 - our own module
                    command, stdin=subprocess.DEVNULL, pass_fds=[number], env=_environment()
                )
            except OSError:
                ours.close()
                raise
        self._control = ours
        self._told = Channel(ours, self._hear, self._lose_stem)

    @property
    def is_alive(self) -> bool:
        """Whether there is a stem."""
        return self._control.fileno() >= 0

    def send(self, values: list[Knowledge | Job]) -> None:
        """Send knowledge and jobs; each job is answered once, in order."""
        if self._channel:
            self._channel.send(values)

    def renew(self) -> None:
        """Have the process that runs filters killed, whatever it does, and another take its place."""
        if self._channel:
            self._channel.close()
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours, self._answered, self._lose)
        # Where the stem is gone, its own channel tells.
        with theirs, suppress(OSError):
            socket.send_fds(self._control, [b"."], [theirs.fileno()])

    async def end(self) -> None:
        """Close the connections, upon which both end, and see them off."""
        if self._channel:
            self._channel.close()
        self._told.close()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._stem.wait, _GRACE_SECONDS)
            return
        self._stem.kill()
        await asyncio.to_thread(self._stem.wait)

    def _hear(self, pid: int | None) -> None:
        """The stem is ready to make a process, or has made one."""
        if pid is None:
            self.renew()
        else:
            self.pid = pid
            self._answered(None)

    def _lose(self) -> None:
        self.pid = 0
        self._lost()

    def _lose_stem(self) -> None:
        """The stem has ended by itself: nobody but us would kill what it made."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._lose()


def _environment() -> dict[str, str]:
    """The same modules as here, one thread for arithmetic, and none of our settings: some are secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    path = os.pathsep.join(filter(None, sys.path))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
