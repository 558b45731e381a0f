"""What slow, greedy and garbled clients meet before anything of ours is asked."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable

import pytest

from service.context import Context
from service.model.sites import Site
from service.web.http import connections
from service.web.http.shell import MOST_HEADERS
from service.web.http.state import State
from tests.factories import SITE_ORIGIN, a_body
from tests.trust.wire import LIVEZ, PATH, Front, Line, a_post, fronting, head


@pytest.fixture
async def front(ctx: Context, state: State, site: Site) -> AsyncIterator[Front]:
    async with fronting(ctx, state) as found:
        yield found


CHUNK = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"


async def rows(ctx: Context) -> int:
    async with ctx.db.read() as conn:
        return int(await conn.fetchval("SELECT count(*) FROM comment"))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_t64_a_body_without_end_is_refused_where_the_widget_can_read_it(
    front: Front, ctx: Context
) -> None:
    async with front.connect() as line:
        sending = asyncio.create_task(line.send(head(Transfer_Encoding="chunked"), *[CHUNK] * 1_280))
        answer = await line.answer()
        assert (answer.status, answer.problem["code"]) == (413, "too_large")
        assert answer.headers["access-control-allow-origin"] == SITE_ORIGIN
        assert await line.end() == b""
        await sending
    await until(lambda: front.connections == 0)
    assert await rows(ctx) == 0


async def test_t64_a_client_that_never_stops_sending_is_cut_off(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_LINGER_SECONDS", 0.2)
    async with front.connect() as line:
        await line.send(head(Content_Length=str(10**11)))
        assert (await line.answer()).status == 413
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(20):
                while not line.writer.transport.is_closing():
                    await line.send(b"x")
                    await asyncio.sleep(0.01)
    await until(lambda: front.connections == 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Length": "5", "Transfer_Encoding": "chunked"}, 400),
        ({"Content_Length": "5", "content-length": "6"}, 400),
        ({"Content_Length": "+5"}, 400),
        ({"Content_Length": "-1"}, 400),
        ({"Content_Length": "5, 6"}, 400),
        ({"Transfer_Encoding": "xchunked"}, 400),
        ({"Transfer_Encoding": "chunked, identity"}, 400),
        ({"Content_Length": str(10**11)}, 413),
        ({"Content_Length": str(10**11), "Expect": "100-continue"}, 413),
    ],
    ids=str,
)
async def test_t65_a_length_that_can_be_read_in_two_ways_is_refused_and_ends_the_connection(
    front: Front, headers: dict[str, str], status: int
) -> None:
    async with front.connect() as line:
        await line.send(head(**headers) + b"5\r\nhello\r\n0\r\n\r\n")
        answer = await line.answer()
        assert answer.status == status
        assert answer.problem["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert await line.end() == b""


async def test_t65_a_client_that_asks_first_is_told_to_go_on_only_with_a_body_that_we_read(
    front: Front,
) -> None:
    body = json.dumps(a_body()).encode()
    async with front.connect() as line:
        await line.send(head(Content_Length=str(len(body)), Expect="100-continue"))
        assert (await line.answer()).status == 100
        await line.send(body)
        assert (await line.answer()).status == 202


GREEDY = {
    "many headers": head("GET", "/livez", **{f"X-{n}": "1" for n in range(MOST_HEADERS)}),
    "20,000 headers": head("GET", "/livez", **{f"X-{n}": "1" for n in range(20_000)}),
    "a header of 5 MB": head("GET", "/livez", Cookie="x" * 5_000_000),
    "a header of 40 kB": head("GET", "/livez", Cookie="x" * 40_000),
    "an address of 200 kB": head("GET", f"/livez?{'x' * 200_000}"),
    "20,000 trailers": head(Transfer_Encoding="chunked")
    + b"0\r\n"
    + b"".join(b"X-%d: 1\r\n" % n for n in range(20_000))
    + b"\r\n",
    "no host": head("GET", "/livez", Host=None),
    "two hosts": head("GET", "/livez", host="example.com"),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", GREEDY)
async def test_t66_headers_without_measure_are_refused_and_end_the_connection(
    front: Front, name: str
) -> None:
    async with front.connect() as line:
        sending = asyncio.create_task(line.send(GREEDY[name]))
        answer = await line.answer()
        assert answer.status == 400
        assert answer.problem["status"] == 400
        await line.end()
        await sending
    await until(lambda: front.connections == 0)
    assert (await front.tell(LIVEZ)).status == 200


SLOW = {
    "never a byte": b"",
    "half of its headers": b"GET /livez HTTP/1.1\r\nHost: local",
    "half of its body": head(Content_Length="100") + b"{",
    "half of a chunk": head(Transfer_Encoding="chunked") + b"10\r\n{",
}


@pytest.mark.parametrize("name", SLOW)
async def test_t68_a_request_that_does_not_come_to_its_end_is_not_waited_for(
    front: Front, ctx: Context, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(connections, "RECEIVE_SECONDS", 0.5)
    async with front.connect() as line:
        await line.send(SLOW[name])
        assert await line.end() == b""
    assert await rows(ctx) == 0


async def test_t67_clients_that_send_a_byte_now_and_then_do_not_hold_up_an_honest_one(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "RECEIVE_SECONDS", 1.0)

    async def dribble() -> None:
        async with front.connect() as line:
            while not line.writer.transport.is_closing() and not line.reader.at_eof():
                await line.send(b"G")
                await asyncio.sleep(0.2)

    slow = [asyncio.create_task(dribble()) for _ in range(200)]
    await until(lambda: front.connections >= 200)
    while not all(task.done() for task in slow):
        assert (await front.tell(LIVEZ)).status == 200
        await asyncio.sleep(0.05)
    await asyncio.gather(*slow)


async def test_a_client_that_takes_no_answer_is_cut_off(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TAKE_SECONDS", 0.3)
    async with front.connect() as line:
        # It asks without end and reads nothing, until the answers pile up on our side.
        async with asyncio.timeout(30):
            while front.connections:
                await line.send(head("GET", "/openapi.json", Content_Type=None))
                await asyncio.sleep(0)
        # Some answers were on their way already.
        with contextlib.suppress(ConnectionError):
            await line.reader.read()
        assert line.reader.at_eof() or line.reader.exception()


async def test_where_there_are_too_many_connections_the_idle_give_way(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = connections.Connection.__init__

    def narrow(self: connections.Connection, *given: object, **named: object) -> None:
        made(self, *given, **named)  # type: ignore[arg-type]
        self._most = 40

    monkeypatch.setattr(connections.Connection, "__init__", narrow)
    async with contextlib.AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(front.connect()) for _ in range(60)]
        assert (await front.tell(a_post())).status == 202
        assert front.connections <= 40
        assert await idle[0].end() == b""


async def test_t69_an_upload_that_is_cut_half_way_leaves_nothing(
    front: Front, ctx: Context, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    whole = a_post()
    async with front.connect() as line:
        await line.send(whole[:-20])
    await until(lambda: front.connections == 0)
    assert (await front.tell(a_post(text="Another, whole one."))).status == 202
    assert await rows(ctx) == 1
    assert "Traceback" not in caplog.text + capsys.readouterr().err


async def test_t69_requests_that_come_all_at_once_are_answered_in_their_order(front: Front) -> None:
    async with front.connect() as line:
        await line.send(LIVEZ + a_post() + head("GET", "/nothing", Content_Type=None) + LIVEZ)
        assert [(await line.answer()).status for _ in range(4)] == [200, 202, 404, 200]


async def told(line: Line) -> int:
    return (await line.answer()).status


async def test_a_connection_is_kept_between_whole_requests(front: Front) -> None:
    async with front.connect() as line:
        for _ in range(3):
            await line.send(a_post())
            assert await told(line) == 202
            await line.send(head(path=PATH, Content_Length="2") + b"[]")
            assert await told(line) == 400
