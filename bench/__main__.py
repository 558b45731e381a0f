"""`python -m bench`: prints one JSON object a line, each a ratio to a ceiling measured in the same run.

`python -m bench queue` measures the queue alone, long against short.

Both sides run as they would in production (uvicorn, h11, uvloop), one process each, on one embedded
PostgreSQL with durable settings. Rounds alternate, so that a drift of the machine hits both; the ratio
is the median of the rounds' ratios.
"""

import asyncio
import json
import logging
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import httpx2
import structlog
import uvloop
from rich.console import Console
from rich.progress import Progress

from bench import queue
from bench.ceiling import TABLE
from bench.load import Answered, drive, get, post
from bench.servers import running, serve_bare_bytes, serve_bare_insert, serve_service
from service.app import open_context, prepare_keys, prepare_schema
from service.embedded import Purpose, embedded_postgres
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.settings import Settings
from service.store import comments
from service.usecases.decide import decide
from service.usecases.govern import add_site

ROUNDS = 7
CONNECTIONS = 16
SUBMISSIONS = 2_000
READS = 3_000
SITE, PAGE = "bench", "https://news.example/article"
TEXT = (
    "The council promised to mend the bridge by spring, and here we are again with the road closed and "
    "the ferry full. Someone should ask what became of the money that was set aside for it two years ago."
)


def a_comment(number: int) -> bytes:
    """A body that is different each time, 200 characters of text."""
    body = {"page": PAGE, "name": f"Reader {number % 97}", "email": f"r{number}@example.com", "text": TEXT}
    return json.dumps(body).encode()


@asynccontextmanager
async def prepared(folder: Path) -> AsyncIterator[tuple[Settings, str]]:
    """A database with a site and fifty approved comments on one page."""
    settings = Settings(
        data_dir=folder, submissions_per_minute=1e6, submission_burst=10**6, flood_floor=10**9
    )
    async with embedded_postgres(folder, purpose=Purpose.SERVE) as server:
        await prepare_schema(server.owner_dsn, server.app_dsn)
        prepare_keys(settings)
        owner = await asyncpg.connect(server.owner_dsn)
        await owner.execute(TABLE)
        await owner.execute(f'GRANT ALL ON bare_comment TO "{urlsplit(server.app_dsn).username}"')
        await owner.close()
        async with open_context(settings, server.app_dsn) as ctx:
            await add_site(ctx, SITE, ["https://news.example"], actor="bench")
        with running(serve_service, settings, server.app_dsn) as port:
            await wait_until_up(port)
            path = f"/v1/sites/{SITE}/submissions"
            await drive(port, lambda n: post(path, a_comment(n)), count=50, connections=2, status=202)
        async with open_context(settings, server.app_dsn) as ctx:
            bench = Principal("bench", frozenset({Scope.MODERATE}), None)
            async with ctx.db.read() as conn:
                pending = await comments.queue_page(conn, [1], comments.FIRST, 50)
            for comment in pending:
                await decide(ctx, bench, comment.id, Choice(Action.APPROVE, comment.version))
        yield settings, server.app_dsn


async def wait_until_up(port: int) -> None:
    """Wait for the first answer of a server."""
    for _ in range(200):
        try:
            async with httpx2.AsyncClient() as client:
                await client.get(f"http://127.0.0.1:{port}/livez")
            return
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
    raise SystemExit("The server under measurement did not start.")


def report(path: str, ours: list[Answered], ceiling: list[Answered]) -> None:
    """One line: the median ratio, its range, and what each side did."""
    for side in (ours, ceiling):
        if any(answered.expected != answered.total for answered in side):
            raise SystemExit(f"{path}: not every request was answered as expected; the figures mean nothing.")
    ratios = sorted(a.per_second / b.per_second for a, b in zip(ours, ceiling, strict=True))
    line = {
        "path": path,
        "ratio": round(statistics.median(ratios), 3),
        "least": round(ratios[0], 3),
        "most": round(ratios[-1], 3),
        "rounds": len(ratios),
        "per_second": round(statistics.median(a.per_second for a in ours), 1),
        "ceiling_per_second": round(statistics.median(b.per_second for b in ceiling), 1),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Race:
    """One path of the service against its ceiling: ports, the requests for each, and how many."""

    path: str
    ours: tuple[int, Callable[[int], bytes]]
    ceiling: tuple[int, Callable[[int], bytes]]
    count: int
    status: int


async def run(race: Race, advance: Callable[[], None]) -> None:
    """Alternate the two sides; the first round warms both up and is not counted."""
    ours: list[Answered] = []
    ceiling: list[Answered] = []
    for _ in range(ROUNDS + 1):
        for (port, requests), answers in ((race.ours, ours), (race.ceiling, ceiling)):
            answers.append(
                await drive(port, requests, count=race.count, connections=CONNECTIONS, status=race.status)
            )
        advance()
    report(race.path, ours[1:], ceiling[1:])


def always(request: bytes) -> Callable[[int], bytes]:
    """The same request every time."""
    return lambda _number: request


async def measure(settings: Settings, dsn: str, advance: Callable[[], None]) -> None:
    """Every ratio, one after another."""
    thread = f"/v1/sites/{SITE}/thread?page={quote(PAGE, safe='')}"
    fragment = thread.replace("thread?", "thread.html?shape=fragment&")
    submissions = f"/v1/sites/{SITE}/submissions"
    with ExitStack() as stack:
        ours = stack.enter_context(running(serve_service, settings, dsn))
        await wait_until_up(ours)
        inserts = stack.enter_context(running(serve_bare_insert, settings, dsn))
        races = [
            Race(
                "submit",
                (ours, lambda n: post(submissions, a_comment(n))),
                (inserts, lambda n: post("/", a_comment(n))),
                SUBMISSIONS,
                202,
            )
        ]
        for name, path in (("thread", thread), ("fragment", fragment)):
            async with httpx2.AsyncClient() as client:
                found = await client.get(f"http://127.0.0.1:{ours}{path}")
            ready = running(serve_bare_bytes, settings, found.content, found.headers["content-type"])
            races.append(
                Race(
                    name,
                    (ours, always(get(path))),
                    (stack.enter_context(ready), always(get("/"))),
                    READS,
                    200,
                )
            )
        for race in races:
            await wait_until_up(race.ceiling[0])
        for race in races:
            await run(race, advance)


async def main() -> None:
    """Prepare, measure, clean up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    progress = Progress(console=Console(stderr=True), transient=True)
    only_queue = "queue" in sys.argv[1:]
    bar = progress.add_task("Measuring", total=len(queue.CASES) + (0 if only_queue else 3 * (ROUNDS + 1)))
    with progress:
        await queue.main(lambda: progress.advance(bar))
    if only_queue:
        return
    with tempfile.TemporaryDirectory() as folder, progress:
        async with prepared(Path(folder)) as (settings, dsn):
            await measure(settings, dsn, lambda: progress.advance(bar))


if __name__ == "__main__":
    uvloop.run(main())
