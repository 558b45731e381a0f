"""Live events: one reader of the database for this process, however many consoles listen.

It looks four times a second while somebody listens, and never otherwise. No LISTEN connection can die
unnoticed, and a pooler in front of the database changes nothing (ADR 19).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from service.context import Context
from service.errors import Unavailable
from service.model.events import Event, Position
from service.store import events

MOST_LISTENERS: Final = 500
_SECONDS: Final = 0.25
_AT_ONCE: Final = 500
_MOST_WAITING: Final = 2_000


class Lagging(Exception):
    """A listener did not read for so long that it must begin anew."""


class Listener:
    """What one console has not been told yet."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue(_MOST_WAITING)
        self._lagging = False

    def tell(self, event: Event) -> None:
        """Put an event into the line."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._lagging = True

    async def next(self, seconds: float) -> Event | None:
        """The next event, or None when none comes in this time; `Lagging`."""
        if self._lagging:
            raise Lagging
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._waiting.get(), seconds)
        return None


class Feed:
    """The events of this moment, for all who listen in this process."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._listeners: set[Listener] = set()
        self._reader: asyncio.Task[None] | None = None
        self._at: Position | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody else may listen."""
        return len(self._listeners) >= MOST_LISTENERS

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[tuple[Listener, Position]]:
        """Be told what happens from a position on, which is given."""
        if self._at is None:
            async with self._ctx.db.read(moderation=True) as conn:
                found = await events.latest(conn)
            self._at = self._at or found
        # Nothing is awaited between joining and the position, so that none is missed in between.
        listener, position = Listener(), self._at
        self._listeners.add(listener)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        try:
            yield listener, position
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._reader is not None:
                self._reader.cancel()
                self._reader = self._at = None

    async def _read(self) -> None:
        while True:
            with suppress(Unavailable):  # It was noted where it happened; events wait in their table.
                await self._pass_on()
            await asyncio.sleep(_SECONDS)

    async def _pass_on(self) -> None:
        while self._at is not None:
            async with self._ctx.db.read(moderation=True) as conn:
                found = await events.after(conn, self._at, _AT_ONCE)
            for event in found:
                self._at = event.at
                for listener in self._listeners:
                    listener.tell(event)
            if len(found) < _AT_ONCE:
                return
