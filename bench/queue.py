"""The queue at 100,000 pending comments against the queue at 1,000: `python -m bench queue [case …]`.

Two databases on one PostgreSQL, each with the whole service in front of it. Requests alternate, so that a
drift of the machine hits both; one JSON object a line has the ratio of the 95th percentiles.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import asyncpg
import httpx2

from bench.servers import running, serve_service
from service.app import open_context, prepare_keys, prepare_schema
from service.embedded import EmbeddedServer, Purpose, embedded_postgres
from service.model.people import Scope
from service.settings import Settings
from service.usecases.govern import add_site
from service.usecases.tokens import add_token

SMALL, LARGE = 1_000, 100_000
ROUNDS, WARM = 40, 5
# A hundred comments for each page and name, at either size, so that answers are of the same length.
FILL = """
WITH made AS (
    INSERT INTO page (site_id, id, url)
    SELECT 1, {page}, 'https://news.example/' || g FROM generate_series(0, $1 / 100 - 1) g
), numbered AS (
    SELECT g, (lpad(to_hex(1700000000000 + g), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8'
               || substr(md5(g::text), 4, 15))::uuid AS id
      FROM generate_series(0, $1 - 1) g
), commented AS (
    INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict, severity, due_at)
    SELECT 1, id, {page_of}, id, 0, 'Reader' || g % ($1 / 100),
           'The council promised to mend the ' || CASE WHEN g % 10 = 0 THEN 'bridge' ELSE 'road' END
           || ' by spring, and here we are again with it closed and the ferry full. ' || md5(g::text),
           (hashtext(g::text) % 80) / 10.0, 'hold', CASE WHEN g % 10 = 3 THEN 2 ELSE 0 END,
           now() + (hashtext(g::text) % 1000) * interval '1 minute'
      FROM numbered
)
INSERT INTO signal (site_id, comment_id, position, name, strength, weight, sentence)
SELECT 1, id, 0, CASE WHEN g % 10 = 0 THEN 'links' ELSE 'fill_time' END, 0.5, 1, 'A sentence about it.'
  FROM numbered
"""
WORDS = """
INSERT INTO search (site_id, comment_id, words) SELECT site_id, id, words_of(name, text) FROM comment;
INSERT INTO search_mark (site_id, until) SELECT 1, id FROM comment ORDER BY id DESC LIMIT 1
"""
ORDERS = ("oldest", "newest", "riskiest", "safest", "deadline")
CASES: dict[str, dict[str, str]] = {
    **{order: {"order": order} for order in ORDERS},
    "site": {"site": "bench"},
    "page": {"page": "https://news.example/3"},
    "reason": {"reason": "links"},
    "severity": {"severity": "2"},
    "score": {"score_from": "2"},
    "author": {"author": "Reader3"},
    "text": {"text": "bridge"},
    "nobody": {"assigned": "nobody"},
    "available": {"available": "true"},
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two services, and how its caller is known."""

    dsn: str
    token: str


async def filled(server: EmbeddedServer, settings: Settings, size: int) -> Side:
    """A database with this many pending comments, whose words are all written down."""
    name = f"queue_{size}"
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute(f"CREATE DATABASE {name} OWNER greenroom_owner")
    await admin.close()
    owner_dsn, app_dsn = (_in(dsn, name) for dsn in (server.owner_dsn, server.app_dsn))
    await prepare_schema(owner_dsn, app_dsn)
    async with open_context(settings, app_dsn) as ctx:
        await add_site(ctx, "bench", ["https://news.example"], actor="bench")
        token = await add_token(ctx, [Scope.MODERATE], actor="bench")
        owner = await asyncpg.connect(owner_dsn)
        await owner.execute(_fill(size))
        await owner.execute(WORDS)
        await owner.execute("VACUUM ANALYZE")
        await owner.close()
    return Side(app_dsn, token)


async def measure(ports: list[int], sides: list[Side], advance: Callable[[], None]) -> None:
    """Every case, alternating between the sides."""
    clients = [
        httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {side.token}"}
        )
        for port, side in zip(ports, sides, strict=True)
    ]
    only = set(sys.argv[2:])
    for name, query in CASES.items():
        if only and name not in only:
            continue
        path = f"/v1/queue?{urlencode(query)}"
        took: list[list[float]] = [[], []]
        for _ in range(WARM + ROUNDS):
            for client, times in zip(clients, took, strict=True):
                began = time.perf_counter()
                answer = await client.get(path)
                times.append(time.perf_counter() - began)
                if len(answer.json()["comments"]) != 50:
                    raise SystemExit(f"queue {name}: not a whole page; the figures mean nothing.")
        report(name, *(sorted(times[WARM:]) for times in took))
        advance()
    for client in clients:
        await client.aclose()


def report(name: str, small: list[float], large: list[float]) -> None:
    """One line: the ratio of the 95th percentiles and of the medians, and milliseconds at either size."""
    at = {"p95": int(0.95 * ROUNDS), "median": ROUNDS // 2}
    line: dict[str, object] = {"path": f"queue {name}"}
    for word, place in at.items():
        line[f"{word}_ratio"] = round(large[place] / small[place], 2)
    for word, place in at.items():
        line[f"{word}_ms"] = [round(1000 * small[place], 1), round(1000 * large[place], 1)]
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def main(advance: Callable[[], None]) -> None:
    """Prepare, measure, clean up."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Settings(data_dir=Path(folder))
        async with embedded_postgres(Path(folder), purpose=Purpose.SERVE) as server:
            prepare_keys(settings)
            sides = [await filled(server, settings, size) for size in (SMALL, LARGE)]
            ports = [stack.enter_context(running(serve_service, settings, side.dsn)) for side in sides]
            for port in ports:
                await _until_up(port)
            await measure(ports, sides, advance)


async def _until_up(port: int) -> None:
    for _ in range(200):
        try:
            async with httpx2.AsyncClient() as client:
                await client.get(f"http://127.0.0.1:{port}/livez")
            return
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
    raise SystemExit("The server under measurement did not start.")


def _fill(size: int) -> str:
    """The statement for this many; a page's id is the beginning of its address's SHA-256, as always."""
    page = "encode(substr(sha256(convert_to('//news.example/' || {g}, 'UTF8')), 1, 16), 'hex')::uuid"
    sql = FILL.replace("{page}", page.replace("{g}", "g"))
    return sql.replace("{page_of}", page.replace("{g}", "g % ($1 / 100)")).replace("$1", str(size))


def _in(dsn: str, name: str) -> str:
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()
