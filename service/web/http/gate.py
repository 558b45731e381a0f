"""How many requests are answered at a time: more are refused at once, and none waits without end."""

from random import SystemRandom
from types import TracebackType
from typing import Final

from service.errors import Unavailable

# Everybody who is refused at one moment should not come back at one moment.
_MOST_RETRY_SECONDS: Final = 5
_chance: Final = SystemRandom()


class Gate:
    """Lets in `most` at a time. Entering it raises `Unavailable` where it is full."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.inside = 0

    def __enter__(self) -> None:
        if self.inside >= self._most:
            raise Unavailable(
                "Too many requests at once. Please try again in a moment.",
                1 + _chance.randrange(_MOST_RETRY_SECONDS),
            )
        self.inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.inside -= 1
