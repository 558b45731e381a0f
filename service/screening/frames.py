"""Values between this process and the screening process: pickles with their length in front.

Both ends are ours and of one version, so that nothing needs a schema; nobody else can reach the socket.
"""

import asyncio
import pickle
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

_LENGTH: Final = struct.Struct("!I")
_AT_ONCE: Final = 256 * 1024


def framed(value: object) -> bytes:
    """A value as it goes over the socket."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Unframer:
    """Puts frames together from whatever pieces they come in."""

    def __init__(self) -> None:
        self._pieces = bytearray()

    def feed(self, piece: bytes) -> Iterator[Any]:
        """The values that this piece completes."""
        self._pieces += piece
        start = 0
        while len(self._pieces) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pieces, start)
            end = start + _LENGTH.size + length
            if end > len(self._pieces):
                break
            yield pickle.loads(memoryview(self._pieces)[start + _LENGTH.size : end])  # noqa: S301 - ours
            start = end
        del self._pieces[:start]


class Channel:
    """One end of the socket on an event loop: never blocks, and tells once when the other end is gone."""

    def __init__(
        self, sock: socket.socket, received: Callable[[Any], None], lost: Callable[[], None]
    ) -> None:
        """`received` is called with each value, `lost` when the other end has closed."""
        sock.setblocking(False)
        self._sock = sock
        self._received, self._lost = received, lost
        self._unframer = Unframer()
        self._unsent = bytearray()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._read)

    def send(self, value: object) -> None:
        """Send a value, now or as soon as there is room."""
        is_behind = bool(self._unsent)
        self._unsent += framed(value)
        if is_behind:
            return
        self._flush()
        if self._unsent:
            self._loop.add_writer(self._sock, self._write)

    def close(self) -> None:
        """Close this end; `lost` is not called any more."""
        if self._sock.fileno() < 0:
            return
        if not self._loop.is_closed():
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
        self._sock.close()

    def _write(self) -> None:
        self._flush()
        if not self._unsent:
            self._loop.remove_writer(self._sock)

    def _flush(self) -> None:
        # What cannot be written to a dead process is told by the reader.
        with suppress(OSError):
            del self._unsent[: self._sock.send(self._unsent)]

    def _read(self) -> None:
        try:
            piece = self._sock.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.close()
            self._lost()
            return
        try:
            for value in self._unframer.feed(piece):
                self._received(value)
        except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError):
            # Not a process that can be spoken to.
            self.close()
            self._lost()
