"""Passwords are hashed and compared in two threads; who comes when the line is long is sent away."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final, ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from service.errors import Unavailable
from service.model.passwords import MAX_PASSWORD

P = ParamSpec("P")
T = TypeVar("T")

_hasher: Final = PasswordHasher()


class Line:
    """At most so many at once, so many waiting behind them, and nobody beyond that."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._room = at_once + waiting
        self._inside = 0

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` gives, in its turn; `Unavailable` when the line is full."""
        if self._inside >= self._room:
            raise Unavailable("Many people are signing in just now. Please try again in a moment.")
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: work(*args, **kwargs))
        finally:
            self._inside -= 1


# One comparison takes 64 MiB and a tenth of a second: two at once leave the service its processor.
_line: Final = Line(at_once=2, waiting=16)


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with the library's parameters (RFC 9106)."""
    return await _line.run(_hasher.hash, password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the hash is this password's; for no hash it takes as long, and is false."""
    if len(password) > MAX_PASSWORD:
        return False
    return await _line.run(_matches, password, password_hash)


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
