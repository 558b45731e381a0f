"""Consoles are told what happens: in order, without a gap, and nothing of other sites."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx2
import pytest
from starlette.requests import Request

from service.context import Context
from service.model.events import START, Kind
from service.model.sites import Site
from service.store import events
from service.store.database import Connection
from service.usecases.govern import add_site
from service.web.api import live as follow
from service.web.http import live
from service.web.http.endpoint import Call
from service.web.http.live import Feed, Lagging
from service.web.http.security import principal
from service.web.http.state import State
from tests.conftest import Bearer, MakeComment
from tests.factories import a_body
from tests.serving import serving

COMMENT = UUID("00000000-0000-7000-8000-000000000001")


async def test_a_comment_and_its_decision_are_told_in_order(
    ctx: Context, client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer
) -> None:
    feed = Feed(ctx)
    async with feed.listen() as (listener, _):
        comment_id = await make_comment()
        headers = await bearer("moderate")
        decision = {"action": "approve", "version": 1}
        await client.post(f"/v1/comments/{comment_id}/decisions", json=decision, headers=headers)
        told = [await listener.next(5), await listener.next(5)]

    assert [(event.kind, event.comment_id, event.version) for event in told if event] == [
        (Kind.NEW, comment_id, 1),
        (Kind.DECIDED, comment_id, 2),
    ]
    assert told[1] is not None
    assert str(told[1].by).startswith("token ")


async def test_a_transaction_that_commits_late_is_not_passed_over(
    ctx: Context, site: Site, app_dsn: str
) -> None:
    late = await asyncpg.connect(app_dsn)
    try:
        await late.execute("BEGIN")
        await events.add(late, Kind.NEW, site.id, COMMENT, 1)
        async with ctx.db.read() as conn:
            await events.add(conn, Kind.DECIDED, site.id, COMMENT, 2)
            assert await events.after(conn, START, 10) == []
            await late.execute("COMMIT")
            found = await events.after(conn, START, 10)
    finally:
        await late.close()

    assert [event.version for event in found] == [1, 2]


async def test_the_newest_event_is_that_of_the_latest_transaction_however_many_digits_it_has(
    ctx: Context, site: Site, conn: Connection
) -> None:
    for version, xact in enumerate(("9", "10"), 1):
        await conn.execute(
            "INSERT INTO event (site_id, kind, comment_id, version, xact)"
            " VALUES ($1, 'new', $2, $3, $4::text::xid8)",
            site.id,
            COMMENT,
            version,
            xact,
        )
    async with ctx.db.read() as reading:
        newest = await events.latest(reading)
        assert newest.xact == 10
        assert await events.after(reading, newest, 10) == []


async def test_nobody_looks_while_nobody_listens(ctx: Context, site: Site) -> None:
    feed = Feed(ctx)
    async with feed.listen() as (listener, _):
        async with ctx.db.read() as conn:
            await events.add(conn, Kind.NEW, site.id, COMMENT, 1)
        assert await listener.next(5)
    async with ctx.db.read() as conn:
        await events.add(conn, Kind.NEW, site.id, COMMENT, 1)
    async with feed.listen() as (listener, _):
        assert await listener.next(0.6) is None


async def test_who_does_not_read_has_to_begin_anew(
    ctx: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_MOST_WAITING", 3)
    feed = Feed(ctx)
    async with feed.listen() as (listener, _), feed.listen() as (patient, _):
        async with ctx.db.read() as conn:
            await events.add_many(conn, Kind.NEW, [(site.id, COMMENT, n) for n in range(1, 6)])
        assert await patient.next(5)
        with pytest.raises(Lagging):
            await listener.next(5)


@pytest.mark.parametrize("raw", ["5", "a-b", "-1-2", "9999999999999999999-1", "1-1\n"])
async def test_a_position_that_is_none_is_refused(
    client: httpx2.AsyncClient, bearer: Bearer, raw: str
) -> None:
    headers = {**await bearer("read"), "Last-Event-ID": raw}
    answer = await client.get("/v1/events", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "last_event_id")


async def test_only_who_may_read_may_listen(
    client: httpx2.AsyncClient, ctx: Context, site: Site, bearer: Bearer
) -> None:
    assert (await client.get("/v1/events")).status_code == 401
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    headers = await bearer("read", site_id=other.id)
    assert (await client.get("/v1/events?site=daily", headers=headers)).status_code == 404


async def test_whose_token_was_revoked_is_told_nothing_more(
    state: State, site: Site, bearer: Bearer, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_ASK_SECONDS", 0.0)
    token = (await bearer("read"))["Authorization"].encode()
    call = Call(Request(a_scope(token)), state)
    call.caller = await principal(call.ctx, call.request)
    told = follow._told(call, None, None)
    assert (await anext(told)).event == "ready"
    await conn.execute("UPDATE api_token SET revoked_at = now()")
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(told), 10)


def a_scope(authorization: bytes) -> dict[str, object]:
    """A request for the stream, as the server hands it over."""
    headers = [(b"authorization", authorization)]
    return {"type": "http", "method": "GET", "path": "/v1/events", "query_string": b"", "headers": headers}


async def test_a_console_that_comes_back_misses_nothing_and_sees_its_own_sites_only(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        for slug in ("daily", "weekly"):
            service.run("site", "add", slug, "--origin", f"https://{slug}.example")
        token = service.run("token", "add", "--scope", "read", "--site", "daily")["token"]
        writing = service.token("moderate")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=service.url, timeout=20) as http:

            async def post(slug: str, number: int) -> None:
                body = a_body(page=f"https://{slug}.example/a", text=f"This is comment number {number}.")
                answer = await http.post(f"/v1/sites/{slug}/submissions", json=body, headers=writing)
                assert answer.status_code == 202

            async with following(http, headers) as stream:
                kind, seen, _ = await anext(stream)
                assert kind == "ready"
                await post("daily", 0)
                kind, seen, data = await anext(stream)
                assert (kind, data["site"]) == ("new", "daily")
            for start in range(1, 1_001, 20):
                await asyncio.gather(*(post("daily", number) for number in range(start, start + 20)))
            await post("weekly", 1)
            found: set[str] = set()
            async with following(http, {**headers, "Last-Event-ID": seen}) as stream:
                # Whoever is cut off right here comes back with this id, and has missed nothing all the same.
                assert (await anext(stream))[:2] == ("ready", seen)
                while len(found) < 1_000:
                    kind, _, data = await anext(stream)
                    assert (kind, data["site"]) == ("new", "daily")
                    found.add(data["comment"])
            async with following(http, headers, f"?after={seen}") as stream:
                assert [(await anext(stream))[0], (await anext(stream))[0]] == ["ready", "new"]
            async with following(http, {**headers, "Last-Event-ID": "1-1"}, f"?after={seen}") as stream:
                assert [(await anext(stream))[0], (await anext(stream))[0]] == ["ready", "reset"]


async def test_a_stream_ends_with_the_token_that_began_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        made = service.run("token", "add", "--scope", "read")
        headers = {"Authorization": f"Bearer {made['token']}"}
        async with (
            httpx2.AsyncClient(base_url=service.url, timeout=40) as http,
            following(http, headers) as stream,
        ):
            assert (await anext(stream))[0] == "ready"
            service.run("token", "revoke", made["token"].split("_")[1])
            assert [event async for event in stream] == []


async def test_a_console_that_listens_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as service:
        headers = service.token("read")
        async with (
            httpx2.AsyncClient(base_url=service.url, timeout=20) as http,
            following(http, headers) as stream,
        ):
            await anext(stream)
            service.process.terminate()
            assert await asyncio.to_thread(service.process.wait, 10) == 0


@asynccontextmanager
async def following(
    http: httpx2.AsyncClient, headers: dict[str, str], query: str = ""
) -> AsyncIterator[AsyncIterator[tuple[str, str, dict[str, str]]]]:
    """The stream, as kind, id and data of each event."""

    async def read(answer: httpx2.Response) -> AsyncIterator[tuple[str, str, dict[str, str]]]:
        event: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name:
                event[name] = value
            elif "data" in event:
                yield event["event"], event["id"], json.loads(event["data"])
                event = {}

    async with http.stream("GET", f"/v1/events{query}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield read(answer)
