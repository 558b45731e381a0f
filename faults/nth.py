"""X16: the n-th await on the way to the database fails or is cancelled, before or after it is done."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from unittest.mock import patch

import asyncpg

_STATEMENTS: Final = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


class Kind(Enum):
    """What happens at the n-th await."""

    LOST_BEFORE = "the connection breaks before the server hears of it"
    LOST_AFTER = "the connection breaks once the server has done it"
    CANCELLED_BEFORE = "the request is cancelled before the server hears of it"
    CANCELLED_AFTER = "the request is cancelled once the server has done it"
    SERIALIZATION = "the server finds that others changed the same"
    DEADLOCK = "the server ends a deadlock"
    TIMEOUT = "the server says nothing for too long"


@dataclass
class Nth:
    """Counts awaits while it is armed; `struck` says whether the n-th came."""

    n: int
    kind: Kind
    count: int = 0

    @property
    def struck(self) -> bool:
        """Whether the fault happened."""
        return self.count >= self.n

    async def through(self, conn: object, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do this, or what is to happen instead."""
        self.count += 1
        if self.count != self.n:
            return await work()
        if self.kind in {Kind.LOST_AFTER, Kind.CANCELLED_AFTER}:
            await work()
        if self.kind in {Kind.CANCELLED_BEFORE, Kind.CANCELLED_AFTER}:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
        if self.kind in {Kind.LOST_BEFORE, Kind.LOST_AFTER, Kind.TIMEOUT} and isinstance(
            conn, asyncpg.Connection
        ):
            conn.terminate()
        raise _failure(self.kind)


@contextmanager
def armed(n: int, kind: Kind) -> Iterator[Nth]:
    """The fault strikes at the n-th await of this block."""
    nth = Nth(n, kind)
    patches = [
        patch.object(asyncpg.Connection, name, _statement(nth, getattr(asyncpg.Connection, name)))
        for name in _STATEMENTS
    ]
    patches.append(patch.object(asyncpg.Pool, "acquire", _acquire(nth, asyncpg.Pool.acquire)))
    for each in patches:
        each.start()
    try:
        yield nth
    finally:
        for each in patches:
            each.stop()


def _statement(nth: Nth, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def statement(self: object, *given: Any, **named: Any) -> Any:
        return await nth.through(self, lambda: original(self, *given, **named))

    return statement


def _acquire(nth: Nth, original: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """What is taken from the pool and then not given out would be lost, so this fails before alone."""

    async def acquire(self: object, *given: Any, **named: Any) -> Any:
        if nth.count + 1 == nth.n and nth.kind in {Kind.LOST_AFTER, Kind.CANCELLED_AFTER}:
            nth.count += 1
            return await original(self, *given, **named)
        return await nth.through(None, lambda: original(self, *given, **named))

    return acquire


def _failure(kind: Kind) -> Exception:
    match kind:
        case Kind.SERIALIZATION:
            return asyncpg.SerializationError("could not serialize access")
        case Kind.DEADLOCK:
            return asyncpg.DeadlockDetectedError("deadlock detected")
        case Kind.TIMEOUT:
            return TimeoutError()
        case _:
            return asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
