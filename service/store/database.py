"""Connections: how pools are opened, what a transaction is, and which failures mean "not now"."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, TypeAlias

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from service.errors import Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

MIN_SERVER: Final = 16
_ACQUIRE_SECONDS: Final = 1.0
_log = structlog.get_logger("greenroom.store")

_SETTINGS: Final = {
    "application_name": "greenroom",
    "timezone": "UTC",
    "statement_timeout": "2s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "5s",
}
_UNAVAILABLE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


class _Connection(asyncpg.Connection):
    """Gives a connection back to its pool without asking the server to reset it.

    We never change a session's settings, and the driver still rolls back what was left open; the reset
    would be one more round trip for each use.
    """

    def get_reset_query(self) -> str:
        """Nothing to run."""
        return ""


async def open_pool(dsn: str, size: int) -> Pool:
    """A pool whose connections cannot hang: each has time limits for statements, locks and idling."""
    return await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        command_timeout=3,
        timeout=3,
        max_inactive_connection_lifetime=300,
        server_settings=_SETTINGS,
        connection_class=_Connection,
    )


class Database:
    """Two pools on one database: one for the public, one that a flood of the public cannot use up."""

    def __init__(self, public: Pool, moderation: Pool) -> None:
        self._public = public
        self._moderation = moderation

    @classmethod
    async def open(cls, dsn: str, *, size: int, moderation_size: int) -> "Database":
        """Open both pools; closes the first when the second fails."""
        public = await open_pool(dsn, size)
        try:
            return cls(public, await open_pool(dsn, moderation_size))
        except BaseException:
            await public.close()
            raise

    async def close(self, seconds: float = 5) -> None:
        """Close both pools; after `seconds` the connections are cut."""
        for pool in (self._public, self._moderation):
            try:
                await asyncio.wait_for(pool.close(), seconds)
            except TimeoutError:
                pool.terminate()

    def read(self, *, moderation: bool = False) -> "_Lease":
        """A connection without a transaction: each statement stands alone."""
        return _Lease(self._moderation if moderation else self._public)

    @asynccontextmanager
    async def transaction(self, *, moderation: bool = False) -> AsyncIterator[Connection]:
        """A connection in a transaction: raising rolls back, returning commits."""
        async with self.read(moderation=moderation) as conn, conn.transaction():
            yield conn


class _Lease:
    """A pool's connection for the length of a block; the driver's failures come out as ours.

    A class and not a generator, because every request passes here several times.
    """

    __slots__ = ("_conn", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._conn: PoolConnectionProxy[asyncpg.Record] | None = None

    async def __aenter__(self) -> Connection:
        # Waiting with a limit costs a task; where a connection is idle there is nothing to wait for.
        limit = None if self._pool.get_idle_size() else _ACQUIRE_SECONDS
        try:
            self._conn = await self._pool.acquire(timeout=limit)
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None
        return self._conn

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        conn, self._conn = self._conn, None
        try:
            if conn is not None:
                await self._pool.release(conn)
        except _UNAVAILABLE as failure:
            error = error or failure
        if isinstance(error, _UNAVAILABLE):
            raise _unavailable(error) from None


def _unavailable(error: BaseException) -> Unavailable:
    """Not now: without the values that the driver quotes."""
    _log.warning("database.unavailable", error=type(error).__name__, sqlstate=_sqlstate(error))
    return Unavailable("The comments cannot be reached just now. Please try again.")


def _sqlstate(error: BaseException) -> str | None:
    return error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
