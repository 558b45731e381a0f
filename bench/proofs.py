"""What proofs of work that are none cost the service, and those who comment meanwhile.

    python -m bench.proofs

First how long each kind takes to be refused, in turn, beside a comment that is accepted. Then comments at a
steady pace, alone and among false proofs, a hundred and a thousand a second; rounds alternate. One JSON
object a line. Load and service share the machine: where it cannot take so many, the line says how many.
"""

import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog
import uvloop

from bench.__main__ import PAGE, SITE, a_comment, always, prepared, wait_until_up
from bench.load import post, read_status
from bench.servers import running, serve_service
from service.app import open_context
from service.model.sites import page_id
from service.model.urls import parse_page
from service.settings import Settings
from service.store import sites
from service.usecases import proof_of_work
from tests.web.proving import put_together, solve, taken_apart

OF_EACH: Final = 200
ROUNDS: Final = 3
SECONDS: Final = 4.0
COMMENTS_A_SECOND: Final = 25
FALSE_A_SECOND: Final = (100, 1_000)
CONNECTIONS: Final = 8
_PATH: Final = f"/v1/sites/{SITE}/submissions"


def falsified(good: str, other: str) -> Mapping[str, str]:
    """Payloads by what is wrong with them; `other` is good for another page."""
    cheap, unsigned, unsolved = taken_apart(good), taken_apart(good), taken_apart(good)
    cheap["challenge"]["parameters"]["cost"] = 1
    del unsigned["challenge"]["signature"]
    unsolved["solution"] = {"counter": unsolved["solution"]["counter"] + 1, "derivedKey": "00" * 32}
    return {
        "of another page": other,
        "a cost of one": put_together(cheap),
        "unsigned": put_together(unsigned),
        "unsolved": put_together(unsolved),
        "no base64": "never base64 €",
        "deep": put_together([[[[[[[[[[[[]]]]]]]]]]]] * 40),
    }


def claiming(number: int, proof: str) -> bytes:
    """A comment with this proof."""
    return post(_PATH, json.dumps(json.loads(a_comment(number)) | {"proof": proof}).encode())


async def in_turn(
    port: int, requests: Callable[[int], bytes], status: int, rate: float, until: float
) -> list[float]:
    """How long each answer took, in milliseconds, on one connection and at most so many a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took, number, due = list[float](), 0, time.perf_counter()
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        writer.write(requests(number))
        answered = await read_status(reader)
        if answered != status:
            raise SystemExit(f"{answered} instead of {status}; the figures mean nothing.")
        took.append((time.perf_counter() - began) * 1_000)
        number += 1
        # Who is late does not catch up: what was not sent is missing in the rate that is told.
        due = max(due + 1 / rate, began)
    writer.close()
    return took


def told(took: list[float]) -> dict[str, float]:
    """The median and the 99th percentile."""
    return {
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(sorted(took)[int(len(took) * 0.99)], 2),
    }


def say(**line: object) -> None:
    """One line of output."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def refusals(port: int, kinds: Mapping[str, str]) -> None:
    """Each kind by itself, and an accepted comment."""
    took = {name: list[float]() for name in ("accepted", *kinds)}
    for number in range(OF_EACH):
        for name, found in took.items():
            sent = claiming(number, kinds[name]) if name in kinds else accepted(10**6 + number)
            status = 422 if name in kinds else 202
            found += await in_turn(port, always(sent), status, 1, time.perf_counter() + 0.001)
    for name, found in took.items():
        say(case=name, **told(found))


async def beside(port: int, kinds: Mapping[str, str], rate: int) -> None:
    """The accepted comments' times, alone and among so many false proofs a second."""
    times: tuple[list[float], list[float]] = ([], [])
    refused = 0
    for turn in range(2 * ROUNDS):
        until, crowded = time.perf_counter() + SECONDS, turn % 2
        comments = in_turn(port, numbered(rate * 10_000 + 1_000 * turn), 202, COMMENTS_A_SECOND, until)
        senders = [
            in_turn(port, mixed(list(kinds.values())), 422, rate / CONNECTIONS, until)
            for _ in range(crowded * CONNECTIONS)
        ]
        found, *others = await asyncio.gather(comments, *senders)
        times[crowded].extend(found)
        refused += sum(map(len, others))
    alone, among = map(told, times)
    say(
        case=f"among {rate} false proofs a second",
        were=round(refused / ROUNDS / SECONDS),
        alone=alone,
        among=among,
        p99_ratio=round(among["p99_ms"] / alone["p99_ms"], 2),
    )


def accepted(number: int) -> bytes:
    """A comment that is let in."""
    return post(_PATH, a_comment(number))


def numbered(first: int) -> Callable[[int], bytes]:
    """Comments that are let in, from this one on."""
    return lambda number: accepted(first + number)


def mixed(proofs: Sequence[str]) -> Callable[[int], bytes]:
    """Comments with these proofs, one after another."""
    return lambda number: claiming(number, proofs[number % len(proofs)])


async def payloads(settings: Settings, dsn: str) -> Mapping[str, str]:
    """False proofs for the site and page of the benchmark."""
    async with open_context(settings, dsn) as ctx:
        async with ctx.db.read() as conn:
            found = await sites.by_slug(conn, SITE)
        assert found is not None
        made = [
            solve(proof_of_work.challenge(ctx, found[0].id, page_id(parse_page(page))))
            for page in (PAGE, PAGE + "/2")
        ]
    return falsified(*made)


async def main() -> None:
    """Prepare, measure, clean up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(Path(folder)) as (settings, dsn):
            kinds = await payloads(settings, dsn)
            with running(serve_service, settings, dsn) as port:
                await wait_until_up(port)
                await refusals(port, kinds)
                for rate in FALSE_A_SECOND:
                    await beside(port, kinds, rate)


if __name__ == "__main__":
    uvloop.run(main())
