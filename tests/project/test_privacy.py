"""The canary: addresses planted on every path, good and failing, are then looked for everywhere."""

import io
import json
import logging
import subprocess
from collections.abc import Iterator

import httpx2
import pytest
import structlog

from service.context import Context
from service.embedded import EmbeddedServer
from service.logs import set_up
from service.store.database import Connection
from tests.conftest import Bearer, in_database
from tests.factories import ARTICLE, PASSWORD, SITE_ORIGIN, a_body
from tests.planted import CANARY, traces

PATH = "/v1/sites/daily/submissions"
ADDRESS = CANARY
# For what is leaked on purpose: the search at the end of all tests must not find it.
LEAKED = "a.leak.of.our.own@feathers.example.com"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log exactly as `serve` writes it, at its most talkative."""
    written = io.StringIO()
    set_up("debug", "json", written)
    yield written
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


async def provoke(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[httpx2.Response]:
    """Send the address down every path there is."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    ok, kind = a_body(email=ADDRESS), {"Content-Type": "application/json"}
    answers = [
        await client.post(PATH, json=ok),
        await client.post(PATH, data=ok),
        await client.post(PATH, data=ok, headers=form),
        *[await client.post(PATH, json=ok, headers={"Idempotency-Key": "same"}) for _ in range(2)],
        await client.post(
            PATH, json=a_body(email=ADDRESS, text="other"), headers={"Idempotency-Key": "same"}
        ),
        await client.post(PATH, json=a_body(email=ADDRESS, name="")),
        await client.post(PATH, json=a_body(email=f"{ADDRESS}\x00")),
        await client.post(PATH, json=a_body(email=f"Me <{ADDRESS}>")),
        await client.post(PATH, json=a_body(email=[ADDRESS])),
        await client.post(PATH, json=a_body(email=ADDRESS, url2="filled")),
        await client.post(PATH, json=a_body(email=ADDRESS, page="https://evil.example/")),
        await client.post(PATH, json=a_body(email=ADDRESS, parent="00000000-0000-7000-8000-000000000000")),
        await client.post(PATH, json=ok, headers={"Origin": "https://evil.example"}),
        await client.post("/v1/sites/nowhere/submissions", json=ok),
        await client.post(PATH, content=json.dumps(ok)[:-1], headers=kind),
        await client.post(PATH, content=json.dumps(ok) + " " * 300_000, headers=kind),
        await client.put(PATH, json=ok),
        await client.post("/v1/session", json={"name": "ana", "password": ADDRESS}),
    ]
    answers += [
        await client.get("/v1/sites/daily/thread", params={"page": ARTICLE}),
        await client.get("/v1/sites/daily/thread.html", params={"page": ARTICLE}),
        await client.get("/v1/sites/daily/counts", params={"page": ARTICLE}),
        await client.get("/v1/queue", headers=headers),
        await client.get("/metrics"),
        await client.get("/openapi.json"),
    ]
    [queue] = [answer for answer in answers if answer.url.path == "/v1/queue"]
    for comment in queue.json()["comments"]:
        body = {"action": "approve", "version": 1}
        answers.append(await client.get(f"/v1/comments/{comment['id']}", headers=headers))
        answers.append(
            await client.post(f"/v1/comments/{comment['id']}/decisions", json=body, headers=headers)
        )
    answers.append(await client.get("/v1/sites/daily/thread", params={"page": ARTICLE, "limit": 60}))
    return answers


async def crash(client: httpx2.AsyncClient, conn: Connection) -> list[httpx2.Response]:
    """Make the database refuse the row, whose values its error message quotes."""
    await conn.execute("ALTER TABLE comment ADD CONSTRAINT planted CHECK (name <> 'Planted')")
    return [await client.post(PATH, json=a_body(email=ADDRESS, name="Planted"))]


async def dump(server: EmbeddedServer, database: str) -> str:
    """A whole `pg_dump`, as a thief would find it."""
    command = [str(server.bin_dir / "pg_dump"), "--dbname", in_database(server.admin_dsn, database)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.usefixtures("site", "moderator")
async def test_t30_t34_t82_a_planted_address_is_found_nowhere(
    client: httpx2.AsyncClient,
    bearer: Bearer,
    conn: Connection,
    server: EmbeddedServer,
    database: str,
    log: io.StringIO,
) -> None:
    answers = await provoke(client, await bearer("moderate"))
    crashes = await crash(client, conn)
    assert {answer.status_code for answer in answers} >= {
        200,
        201,
        202,
        303,
        400,
        401,
        403,
        404,
        405,
        413,
        422,
    }
    assert [answer.status_code for answer in crashes] == [500]
    assert await conn.fetchval("SELECT count(*) FROM contact") >= 4

    places = {
        "answers": "\n".join(f"{answer.headers}{answer.text}" for answer in [*answers, *crashes]),
        "our log": log.getvalue(),
        "PostgreSQL's log": server.log_file.read_text(),
        "pg_dump": await dump(server, database),
    }
    assert all(places.values())
    assert "request.crashed" in places["our log"]
    for place, text in places.items():
        for trace in traces(ADDRESS):
            assert trace.lower() not in text.lower(), f"{trace} is in {place}"


async def test_the_search_itself_can_find(conn: Connection, server: EmbeddedServer, database: str) -> None:
    """A check that cannot fail is none: an address in a wrong column must be found."""
    await conn.execute("CREATE TABLE leak AS SELECT $1::text AS email", LEAKED)
    found = await dump(server, database)
    assert any(trace in found for trace in traces(LEAKED))


async def test_a_moderators_password_is_in_no_log(
    client: httpx2.AsyncClient, moderator: str, log: io.StringIO, server: EmbeddedServer
) -> None:
    headers = {"Origin": "http://testserver"}
    assert (
        await client.post("/v1/session", json={"name": moderator, "password": PASSWORD}, headers=headers)
    ).status_code == 201

    assert PASSWORD not in log.getvalue() + server.log_file.read_text()


async def test_every_log_line_is_one_json_object(
    client: httpx2.AsyncClient, ctx: Context, log: io.StringIO
) -> None:
    for path in ("/%0a%0dforged", "/v1/sites/\u2028/thread", "/v1/%1b[31m"):
        await client.get(path, headers={"User-Agent": "a\tb", "Origin": SITE_ORIGIN})
    lines = log.getvalue().splitlines()

    assert len(lines) >= 3
    assert all(isinstance(json.loads(line), dict) for line in lines)
