"""Connections: how pools are opened, what a transaction is, and how its failures come out."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import SystemRandom
from types import TracebackType
from typing import Final, TypeAlias, TypeVar, cast

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from service.errors import ServiceError
from service.store import belts
from service.store.patience import LONGEST_SECONDS, Patience
from service.store.unavailable import Clash, is_demoted, is_silent, is_unavailable, unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

MIN_SERVER: Final = 16
_log = structlog.get_logger("greenroom.store")

_SETTINGS: Final = {
    "application_name": "greenroom",
    "timezone": "UTC",
    "statement_timeout": "2s",
    "lock_timeout": "600ms",
    "idle_in_transaction_session_timeout": "5s",
}
# What a pooler lets through when a connection begins; it keeps these apart for each client.
_POOLER_SETTINGS: Final = {name: _SETTINGS[name] for name in ("application_name", "timezone")}
# Behind a pooler nothing may outlast a transaction.
_LIMITS: Final = "; ".join(
    f"SET LOCAL {name} = '{value}'" for name, value in _SETTINGS.items() if name.endswith("_timeout")
)
_TRIES: Final = 3
_LONGEST_PAUSE: Final = 0.05
_PROBE_SECONDS: Final = 1.0
_RELEASE_SECONDS: Final = 3.0
T = TypeVar("T")
_chance: Final = SystemRandom()


class _Connection(asyncpg.Connection):
    """Gives a connection back to its pool without asking the server to reset it.

    We never change a session's settings, and the driver still rolls back what was left open; the reset
    would be one more round trip for each use.
    """

    is_limited = False

    async def limit_to(self, sites: Sequence[int]) -> None:
        """From now on, until it goes back to the pool, rows of other sites do not exist."""
        self.is_limited = True
        await self.fetchrow(belts.PUT_ON, belts.DESK, ",".join(map(str, sites)))

    def get_reset_query(self) -> str:
        """Nothing to run, but where the connection was limited."""
        was_limited, self.is_limited = self.is_limited, False
        return belts.TAKE_OFF if was_limited else ""


async def _put_belt_on(conn: "PoolConnectionProxy[asyncpg.Record]") -> None:
    """What every connection of the moderators' pool goes through on its way out."""
    sites = belts.reach()
    if sites is not None:
        await cast(_Connection, conn).limit_to(sites)


async def open_pool(
    dsn: str, size: int, *, pooler: bool = False, role: str | None = None, belted: bool = False
) -> Pool:
    """A pool whose connections cannot hang: each has time limits for statements, locks and idling.

    `pooler`: another pooler is in between, and gives each transaction to whatever connection is free.
    As `role` from their beginning; `belted`, each is limited to what the present request may touch.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        # More than the server's own limit. A server that hangs is then asked to cancel, for as long again.
        command_timeout=2.5,
        timeout=3,
        max_inactive_connection_lifetime=300,
        statement_cache_size=0 if pooler else 100,
        server_settings=(_POOLER_SETTINGS if pooler else _SETTINGS) | ({"role": role} if role else {}),
        setup=_put_belt_on if belted else None,
        connection_class=_Connection,
    )


async def steadily(work: Callable[[], Awaitable[T]]) -> T:
    """Do this again, three times in all, where others were in the way (`Clash`).

    Only for one whole transaction, of which nothing is left when it fails.
    """
    for left in reversed(range(_TRIES)):
        try:
            return await work()
        except Clash:
            if not left:
                raise
            await asyncio.sleep(_chance.uniform(0, _LONGEST_PAUSE))
    raise AssertionError


class Pulse:
    """Whether the server answers. While it is silent, one request a second asks, and the others fail at once.

    Without this each of them would wait out all time limits, one after the other, on a server that hangs.
    """

    def __init__(self) -> None:
        self._next_probe: float | None = None

    def may_ask(self) -> bool:
        """Whether to ask the server now."""
        if self._next_probe is None:
            return True
        now = time.monotonic()
        if now < self._next_probe:
            return False
        self._next_probe = now + _PROBE_SECONDS
        return True

    def note(self, *, silent: bool) -> None:
        """What came of asking."""
        self._next_probe = time.monotonic() + _PROBE_SECONDS if silent else None


class Database:
    """Three pools on one database: for the public, for moderators, whom a flood of the public cannot keep
    out, and for what readers see, as a role that sees no more.
    """

    def __init__(
        self, public: Pool, moderation: Pool, readers: "Pool | None" = None, *, pooler: bool, belted: bool
    ) -> None:
        """Without `readers`, the public's pool stands in: a pooler keeps no roles, or they are not there."""
        self._public = public
        self._moderation = moderation
        self._readers = readers
        self._pooler = pooler
        self._belted = belted
        self._pulse = Pulse()
        self._patience = {pool: Patience() for pool in (public, readers) if pool}
        # What moderators look for may take a while.
        self._patience[moderation] = Patience(LONGEST_SECONDS)

    @classmethod
    async def open(
        cls, dsn: str, *, size: int, moderation_size: int, readers_size: int, pooler: bool = False
    ) -> "Database":
        """Open the pools; closes those that are open when one fails."""
        async with AsyncExitStack() as opened:
            public = await open_pool(dsn, size, pooler=pooler)
            opened.push_async_callback(public.close)
            belted = await _has_belts(public)
            own = belted and not pooler
            moderation = await open_pool(dsn, moderation_size, pooler=pooler, belted=own)
            opened.push_async_callback(moderation.close)
            readers = await open_pool(dsn, readers_size, role=belts.READERS) if own else None
            opened.pop_all()
        return cls(public, moderation, readers, pooler=pooler, belted=belted)

    async def close(self, seconds: float = 5) -> None:
        """Close the pools; after `seconds` the connections are cut."""
        for pool in (self._public, self._moderation, *([self._readers] if self._readers else [])):
            try:
                await asyncio.wait_for(pool.close(), seconds)
            except TimeoutError:
                pool.terminate()

    def read(self, *, moderation: bool = False) -> "_Lease":
        """A connection without a transaction: each statement stands alone."""
        pool, sites = (self._moderation, belts.reach()) if moderation else (self._public, None)
        if not self._pooler:
            return _Lease(pool, self._patience[pool], self._pulse)
        role = belts.DESK if self._belted and sites is not None else None
        return _PooledLease(pool, self._patience[pool], self._pulse, role, sites or ())

    def view(self) -> "_Lease":
        """A connection for what readers see: it cannot see addresses, bills or people."""
        if not self._pooler:
            return _Lease(pool := self._readers or self._public, self._patience[pool], self._pulse)
        role = belts.READERS if self._belted else None
        return _PooledLease(self._public, self._patience[self._public], self._pulse, role)

    @asynccontextmanager
    async def transaction(self, *, moderation: bool = False) -> AsyncIterator[Connection]:
        """A connection in a transaction: raising rolls back, returning commits."""
        async with self.read(moderation=moderation) as conn, conn.transaction():
            yield conn


async def _has_belts(pool: Pool) -> bool:
    """Whether we may take the roles of the second belt on; said in the log where not."""
    usable = bool(await pool.fetchval(belts.USABLE, [belts.READERS, belts.DESK]))
    if not usable:
        _log.warning("belts.off", roles=[belts.READERS, belts.DESK])
    return usable


class _Lease:
    """A pool's connection for the length of a block; the driver's failures come out as ours.

    A class and not a generator, because every request passes here several times.
    """

    __slots__ = ("_conn", "_patience", "_pool", "_pulse")

    def __init__(self, pool: Pool, patience: Patience, pulse: Pulse) -> None:
        self._pool = pool
        self._patience = patience
        self._pulse = pulse
        self._conn: PoolConnectionProxy[asyncpg.Record] | None = None

    async def __aenter__(self) -> Connection:
        if not self._pulse.may_ask():
            raise unavailable(TimeoutError())
        pool = self._pool
        try:  # Waiting with a limit costs something; where a connection is idle there is nothing to wait for.
            if pool.get_idle_size():
                self._conn = await pool.acquire()
            elif pool.get_size() < pool.get_max_size():
                self._conn = await pool.acquire(timeout=LONGEST_SECONDS)
            else:
                self._conn = await self._patience.wait(pool.acquire())
        except Exception as error:
            if is_unavailable(error):
                raise unavailable(error) from None
            raise
        return self._conn

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        conn, self._conn = self._conn, None
        if is_demoted(error):
            await self._pool.expire_connections()
        if error is None or is_silent(error):
            self._pulse.note(silent=error is not None)
        try:
            if conn is not None:
                await self._pool.release(conn, timeout=_RELEASE_SECONDS if error else None)
                self._patience.returned()
        except Exception as failure:
            if not is_unavailable(failure):
                raise
            error = error or failure
        if error is not None and is_unavailable(error):
            raise unavailable(error) from None


class _PooledLease(_Lease):
    """The same behind a pooler: the whole block is a transaction, so that it stays on one connection.

    It keeps what was done also where the service's own errors leave it, as single statements would be kept. A
    block must not swallow a failure of the driver but in a transaction of its own.
    """

    __slots__ = ("_role", "_sites", "_transaction")

    def __init__(
        self, pool: Pool, patience: Patience, pulse: Pulse, role: str | None = None, sites: Sequence[int] = ()
    ) -> None:
        """As `role`, limited to `sites`, until the transaction ends."""
        super().__init__(pool, patience, pulse)
        self._role = role
        self._sites = sites

    async def __aenter__(self) -> Connection:
        conn = await super().__aenter__()
        try:
            self._transaction = conn.transaction()
            await self._transaction.start()
            await conn.execute(_LIMITS)
            if self._role:
                await conn.fetchrow(belts.PUT_ON_FOR_NOW, self._role, ",".join(map(str, self._sites)))
        except BaseException as error:
            await super().__aexit__(type(error), error, error.__traceback__)
            raise
        return conn

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, ServiceError):
            try:
                await self._transaction.commit()
            except Exception as failure:
                await super().__aexit__(type(failure), failure, failure.__traceback__)
                raise
        # Whatever is still open is rolled back by the driver when its pool takes the connection.
        await super().__aexit__(kind, error, trace)
