"""A connection: uvicorn's h11, with limits that slow and greedy clients cannot outwait.

uvicorn closes a connection only while it is idle between two requests. Here, a request has to arrive in time
too, an answer has to be taken in time, what is still sent after an answer is not read for ever, and where
there are too many connections, those that have kept us waiting longest give way to the new ones.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from uuid import uuid4

import h11
import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState

from service.errors import InvalidRequest, ServiceError, Unavailable
from service.web.http.problems import problem_response
from service.web.http.shell import HEADERS

if TYPE_CHECKING:
    Connections: TypeAlias = "set[Connection]"

# A request has ten seconds, and one more for each KiB that came, thirty at most: nobody types slower.
RECEIVE_SECONDS: Final = 10.0
_MOST_RECEIVE_SECONDS: Final = 30.0
_BYTES_PER_SECOND: Final = 1024
# How long an answer may lie in our buffer without a byte of it being taken.
TAKE_SECONDS: Final = 20.0
# What is read and thrown away after an early answer, so that the answer is not lost by a reset.
_LINGER_SECONDS: Final = 2.0
_LINGER_BYTES: Final = 1024 * 1024
# All headers together, the request's first line included.
HEADER_BYTES: Final = 64 * 1024
_WAITING: Final = (h11.IDLE, h11.SEND_BODY)
# Which part of the connections goes at once when there are too many, so that looking for them stays cheap.
_SHARE_THAT_GIVES_WAY: Final = 20
_log = structlog.get_logger("greenroom.http")


class Connection(H11Protocol):
    """One connection from its first byte to its end; `look` is to be called every second or so."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # There are never more than this: uvicorn's own answer to too many is no problem document.
        self._most, self.limit_concurrency = config.limit_concurrency, None
        self._since, self._received, self._is_idle = 0.0, 0, False
        self._blocked_since: float | None = None
        self._lingers_until: float | None = None

    @property
    def waits_since(self) -> float | None:
        """When we began to wait for the rest of a request; None while it is us who are waited for."""
        return self._since if self.conn.their_state in _WAITING else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room for a newcomer, or turn it away."""
        super().connection_made(transport)
        self._since = self.loop.time()
        others = cast("Connections", self.connections)
        if self._most is not None and len(others) > self._most and not _make_room(others - {self}):
            self._refuse(Unavailable("There are too many connections.", 5))

    def data_received(self, data: bytes) -> None:
        """Take what came, and note since when the request is coming."""
        self._received += len(data)
        if self._lingers_until is not None:
            if self._received > _LINGER_BYTES:
                self.transport.abort()
            return
        if self._is_idle:
            self._since, self._is_idle = self.loop.time(), False
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Be ready for the next request, unless this one never ended."""
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.server_state.total_requests += 1
            self._linger()
            return
        self._since, self._received, self._is_idle = self.loop.time(), 0, True
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told so in the shape of all our problems."""
        self._refuse(InvalidRequest("malformed", "This is not a request that HTTP/1.1 allows."))

    def pause_writing(self) -> None:
        """The client takes nothing just now."""
        self._blocked_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It takes something again."""
        self._blocked_since = None
        super().resume_writing()

    def shutdown(self) -> None:
        """End when the present answer has been given; nobody is waited for who sends nothing."""
        if self._lingers_until is not None or self.conn.our_state is h11.ERROR:
            self.transport.abort()
        else:
            super().shutdown()

    def look(self, now: float) -> None:
        """End it where its client takes too long."""
        if self._lingers_until is not None:
            is_over = now > self._lingers_until
        elif self._blocked_since is not None:
            is_over = now - self._blocked_since > TAKE_SECONDS
        elif self.conn.their_state in _WAITING and not self._is_idle:
            more = self._received / _BYTES_PER_SECOND
            is_over = now - self._since > min(RECEIVE_SECONDS + more, _MOST_RECEIVE_SECONDS)
        else:
            return
        if is_over:
            self.give_up()

    def give_up(self) -> None:
        """Cut it; a request that is being answered learns that its client is gone."""
        self.transport.abort()

    def _linger(self) -> None:
        """Send nothing more, and throw away what comes, for a moment."""
        self._unset_keepalive_if_required()
        self._received, self._lingers_until = 0, self.loop.time() + _LINGER_SECONDS
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()

    def _refuse(self, error: ServiceError) -> None:
        """Answer for the application, and end."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        request_id = str(uuid4())
        response = problem_response(error, request_id)
        headers = [*response.raw_headers, *HEADERS, (b"connection", b"close")]
        headers.append((b"x-request-id", request_id.encode()))
        status = response.status_code
        head = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        for event in (head, h11.Data(data=bytes(response.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        _log.info("connection.refused", status=status, request_id=request_id)
        self._linger()


async def watch(state: ServerState) -> None:
    """Look at all connections every second; never returns."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        now = loop.time()
        for connection in list(cast("Connections", state.connections)):
            connection.look(now)


def _make_room(others: "Connections") -> bool:
    """Cut those that have kept us waiting longest; False where all are being answered."""
    waiting = [other for other in others if other.waits_since is not None]
    waiting.sort(key=lambda other: other.waits_since or 0.0)
    for other in waiting[: len(others) // _SHARE_THAT_GIVES_WAY + 1]:
        other.give_up()
    return bool(waiting)
