"""The load: keep-alive connections on loopback, each sending one request after another.

Written on bare sockets, so that the client costs little of the machine that both sides share. Bounded in
count; it stops by itself.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answered:
    """Requests a second over the whole run, and how many answers had the expected status."""

    per_second: float
    expected: int
    total: int


async def drive(
    port: int, requests: Callable[[int], bytes], *, count: int, connections: int, status: int
) -> Answered:
    """Send `count` requests (the n-th is `requests(n)`) over `connections` connections."""
    numbers = iter(range(count))
    expected = 0

    async def connection() -> None:
        nonlocal expected
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                writer.write(requests(number))
                answered = await read_status(reader)
                expected += answered == status
        finally:
            writer.close()

    began = time.perf_counter()
    async with asyncio.timeout(120):
        await asyncio.gather(*(connection() for _ in range(connections)))
    return Answered(count / (time.perf_counter() - began), expected, count)


def post(path: str, body: bytes) -> bytes:
    """A POST of JSON."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str) -> bytes:
    """A GET."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()


async def read_status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    if length:
        await reader.readexactly(length)
    return int(lines[0].split(b" ", 2)[1])
