"""`python -m faults.soak [--requests 200000]`: one process under mixed requests, half of them wrong.

Its memory after the first tenth must grow by less than a tenth, its descriptors stay, and valid comments must
not take three times as long as without the rest. Bounded in count; it stops by itself. After each
twentieth it tells on the standard error how far it is.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from faults.clusters import folder
from faults.load import PAGES, SITE
from faults.stage import ORIGIN, Stage, stage

_CONNECTIONS: Final = 16
_PARTS: Final = 20
_GROWTH: Final = 1.10


def request(method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
    """A request as bytes; a body of None has no length."""
    given = {"Host": "localhost", "Origin": ORIGIN, "Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    if body is not None:
        given["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode() + (body or b"")


def comment(number: int, **over: str) -> bytes:
    """The body of a valid submission."""
    text = f"The bridge should have been mended last year: {number}."
    given = {"page": PAGES[number % len(PAGES)], "name": "Bilal", "email": "reader@example.com", "text": text}
    return json.dumps(given | over).encode()


def valid(number: int, bearer: str) -> bytes:
    """Comments, threads, counts, and a look at the queue now and then."""
    page = f"page={PAGES[number % len(PAGES)]}"
    match number % 6:
        case 0 | 1:
            return request("POST", f"{SITE}/submissions", comment(number))
        case 2 | 3:
            return request("GET", f"{SITE}/thread?{page}")
        case 4:
            return request("GET", f"{SITE}/counts?{page}")
        case _:
            return request("GET", "/v1/queue?limit=5", Authorization=bearer)


WRONG: Final[tuple[Callable[[int], bytes], ...]] = (
    lambda n: request("POST", f"{SITE}/submissions", b"{"),
    lambda n: request("POST", f"{SITE}/submissions", comment(n, email="nobody", website="javascript:x")),
    lambda n: request("POST", f"{SITE}/submissions", json.dumps({f"k{i}": n for i in range(500)}).encode()),
    lambda n: request("POST", f"{SITE}/submissions", comment(n), Origin=f"https://evil-{n}.example"),
    lambda n: request("POST", f"/v1/sites/nowhere-{n}/submissions", comment(n)),
    lambda n: request("POST", f"{SITE}/submissions", b"x" * 250_000),
    lambda n: request("POST", f"{SITE}/submissions", comment(n), Content_Type="text/plain"),
    lambda n: request("GET", f"/nothing/{n}?email=reader{n}@example.com"),
    lambda n: request("GET", f"{SITE}/thread?page=https://evil.example/{n}"),
    lambda n: request("GET", f"/v1/queue?cursor={n}", Authorization=f"Bearer gr_{n}"),
    lambda n: request("PUT", f"{SITE}/submissions?{n}", b"{}"),
    lambda n: request("GET", "/livez", None, **{f"X-{i}": str(n) for i in range(150)}),
    lambda n: f"NONSENSE {n}\r\n\r\n".encode(),
    lambda n: request("POST", f"{SITE}/submissions", None, Content_Length="500") + b"{",
)
_CUT: Final = len(WRONG) - 1


@dataclass
class Soak:
    """What was sent and seen so far."""

    port: int
    bearer: str
    wrong_too: bool
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    async def run(self, first: int, count: int) -> None:
        """Send so many requests over all connections."""
        numbers = iter(range(first, first + count))
        await asyncio.gather(*(self._client(numbers) for _ in range(_CONNECTIONS)))

    async def _client(self, numbers: Iterator[int]) -> None:
        reader: asyncio.StreamReader | None = None
        writer: asyncio.StreamWriter | None = None
        for number in numbers:
            if reader is None or writer is None or writer.is_closing() or reader.at_eof():
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            which = number // 2 % len(WRONG)
            is_wrong = self.wrong_too and number % 2 == 1
            sent = WRONG[which](number) if is_wrong else valid(number // 2, self.bearer)
            began, status = time.monotonic(), 0
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                writer.write(sent)
                if is_wrong and which == _CUT:
                    writer.close()
                    continue
                status, ends = await _answer(reader)
                if ends:
                    writer.close()
            if status == 0:
                writer.close()
            self.statuses[status] += 1
            if status == 202:
                self.seconds.append(time.monotonic() - began)
        if writer is not None:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).lower().split(b"\r\n")
    length = next((int(line[15:]) for line in head if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    status = int(head[0].split(b" ")[1])
    # After what we refuse unread, the service ends the connection without a word.
    return status, b"connection: close" in head or status == 413


def p99(seconds: list[float]) -> float:
    """The slowest but for one in a hundred."""
    return sorted(seconds)[len(seconds) * 99 // 100]


async def soak(service: Stage, requests: int) -> dict[str, object]:
    """Run it, and give what was measured."""
    bearer = (await service.furnish())["Authorization"]
    idle = Soak(service.port, bearer, wrong_too=False)
    mixed = Soak(service.port, bearer, wrong_too=True)
    part = requests // _PARTS
    memory = descriptors = 0
    began = time.monotonic()
    for number in range(_PARTS):
        # Both are measured by turns, because the machine has others to serve as well.
        await idle.run(10 * requests + number * part, part // 10)
        await mixed.run(number * part, part)
        if (number + 1) * 10 == _PARTS:
            memory, descriptors = service.memory, service.descriptors
        _tell(service, mixed, began)
    rate = (idle.statuses.total() + mixed.statuses.total()) / (time.monotonic() - began)
    await asyncio.sleep(6)  # Kept connections are ended after five seconds.
    found = {
        "requests": requests,
        "statuses": dict(sorted(mixed.statuses.items())),
        "per_second": round(rate),
        "memory_kib": [memory, service.memory],
        "descriptors": [descriptors, service.descriptors],
        "p99_ms_without": round(p99(idle.seconds) * 1000, 1),
        "p99_ms": round(p99(mixed.seconds) * 1000, 1),
    }
    found["passed"] = (
        service.memory < memory * _GROWTH
        and service.descriptors <= descriptors
        and p99(mixed.seconds) < 3 * p99(idle.seconds)
        and 500 not in mixed.statuses
    )
    return found


def _tell(service: Stage, mixed: Soak, began: float) -> None:
    """How far it is."""
    now = {
        "answered": mixed.statuses.total(),
        "seconds": round(time.monotonic() - began),
        "memory_kib": service.memory,
        "descriptors": service.descriptors,
    }
    print(json.dumps(now), file=sys.stderr, flush=True)


def main() -> None:
    """Run once and print one JSON object."""
    parser = argparse.ArgumentParser(prog="faults.soak", description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    given = parser.parse_args()
    with folder() as home, stage(home) as service:
        found = asyncio.run(soak(service, given.requests))
    print(json.dumps(found), flush=True)
    sys.exit(0 if found["passed"] else 1)


if __name__ == "__main__":
    main()
