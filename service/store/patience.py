"""How long a request waits for a connection: a second, but only while others give theirs back."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

LONGEST_SECONDS: Final = 1.0
# For so long no connection came back. What the public asks takes milliseconds, so that all of them hang.
# With the time that a lock is waited for, who is refused is told within 1.2 seconds.
STILL_SECONDS: Final = 0.4
# Looked at so much before the time is up, so that it can be put off.
_BEFORE: Final = 0.01
T = TypeVar("T")


class Patience:
    """Of those who wait for one pool. Where all its connections hang, nobody should wait for one, hang on it
    as well, and be refused after the sum of both.
    """

    __slots__ = ("_returned", "_still")

    def __init__(self, still: float = STILL_SECONDS) -> None:
        """`still`: after how many seconds without a connection back nobody waits any more."""
        self._returned = 0.0
        self._still = still

    def returned(self) -> None:
        """A connection came back."""
        self._returned = asyncio.get_running_loop().time()

    async def wait(self, acquiring: Awaitable[T]) -> T:
        """What this gives. `TimeoutError` after a second, or where no connection comes back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_SECONDS
        timer: asyncio.TimerHandle | None = None

        def put_off() -> None:
            nonlocal timer
            when = min(until, self._returned + self._still)
            if when > loop.time() + _BEFORE:
                limit.reschedule(when)
                timer = loop.call_at(when - _BEFORE, put_off)

        async with asyncio.timeout(self._still) as limit:
            timer = loop.call_later(self._still - _BEFORE, put_off)
            try:
                return await acquiring
            finally:
                timer.cancel()
