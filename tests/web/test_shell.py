"""The outermost layer: headers of every answer, request id, host, log, and the last resort."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
import structlog
from prometheus_client import generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.logs import set_up
from service.web.http.shell import API_POLICY, Metrics, Shell
from service.web.http.state import State
from tests.factories import ARTICLE, SITE_ORIGIN, a_body

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "content-security-policy": API_POLICY,
}
SECRET = "reader@example.com wrote: the words of a comment"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as `serve` writes it."""
    written = io.StringIO()
    set_up("debug", "json", written)
    yield written
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


def events(log: io.StringIO) -> list[dict[str, Any]]:
    """What the service logged; the test's own HTTP client logs too."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if not line["event"].startswith("HTTP Request:")]


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """A small application: what it says depends on the path."""
    request = Request(scope, receive)
    scope["state"]["route"] = "/small"
    match request.url.path:
        case "/crash":
            raise RuntimeError(SECRET)
        case "/crash-late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError(SECRET)
        case "/own":
            response = Response("own", headers={"Content-Security-Policy": "script-src 'self'"})
        case _:
            response = Response(request.scope["state"]["request_id"])
    await response(scope, receive, send)


def client_of(
    app: ASGIApp, *, public_url: str | None = None, metrics: Metrics | None = None
) -> httpx2.AsyncClient:
    shell = Shell(app, metrics=metrics or Metrics(), public_url=public_url)
    transport = httpx2.ASGITransport(shell, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


@pytest.mark.parametrize("path", ["/", "/crash"])
async def test_every_answer_has_the_security_headers_once(path: str) -> None:
    async with client_of(answering) as client:
        response = await client.get(path)
    for name, value in HEADERS.items():
        assert response.headers.get_list(name) == [value]
    assert "strict-transport-security" not in response.headers


async def test_a_handlers_own_policy_stays() -> None:
    async with client_of(answering) as client:
        response = await client.get("/own")
    assert response.headers.get_list("content-security-policy") == ["script-src 'self'"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_only_a_service_on_https_asks_for_https_for_ever() -> None:
    async with client_of(answering, public_url="https://comments.example") as client:
        response = await client.get("/", headers={"Host": "comments.example"})
    assert response.headers["strict-transport-security"] == "max-age=31536000"


async def test_each_request_has_an_id_of_our_making() -> None:
    async with client_of(answering) as client:
        answers = [await client.get("/", headers={"X-Request-Id": "mine\x1b[0m"}) for _ in range(2)]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert [answer.text for answer in answers] == ids
    assert len({UUID(found) for found in ids}) == 2


@pytest.mark.parametrize(
    "host",
    [
        "comments.example",
        "Comments.Example",
        "localhost",
        "localhost:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "[::1]",
    ],
)
async def test_our_own_names_are_answered(host: str) -> None:
    async with client_of(answering, public_url="https://comments.example") as client:
        assert (await client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "comments.example.evil.example",
        "comments.example:8443",
        "comments.example@evil.example",
        "evil.example/comments.example",
        "localhost.evil.example",
        "[::2]",
        ":",
        "",
    ],
)
async def test_a_host_that_is_not_ours_is_refused_where_ours_is_known(host: str) -> None:
    async with client_of(answering, public_url="https://comments.example") as client:
        response = await client.get("/", headers={"Host": host})
    assert (response.status_code, response.json()["code"]) == (400, "host")
    assert response.headers["content-type"] == "application/problem+json"
    assert "evil" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_where_no_public_address_is_set_every_host_is_answered() -> None:
    async with client_of(answering) as client:
        assert (await client.get("/", headers={"Host": "anything.example"})).status_code == 200


async def test_a_crash_is_a_problem_that_tells_nothing(log: io.StringIO) -> None:
    async with client_of(answering) as client:
        response = await client.get("/crash")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "internal"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "reader" not in response.text
    assert "RuntimeError" not in response.text


async def test_the_log_of_a_crash_has_its_place_and_not_its_message(log: io.StringIO) -> None:
    async with client_of(answering) as client:
        response = await client.get("/crash")

    [crash] = [event for event in events(log) if event["event"] == "request.crashed"]
    assert crash["error"] == "RuntimeError"
    assert crash["request_id"] == response.headers["x-request-id"]
    assert any("test_shell.py" in place for place in crash["at"])
    assert "reader" not in log.getvalue()


async def test_a_crash_in_the_middle_of_an_answer_cuts_it_and_is_logged(log: io.StringIO) -> None:
    async with client_of(answering) as client:
        response = await client.get("/crash-late")
    assert response.content == b""
    assert [event["event"] for event in events(log)] == ["request.crashed", "request"]
    assert "reader" not in log.getvalue()


async def test_each_request_is_one_line_of_the_log_without_address_or_query(log: io.StringIO) -> None:
    async with client_of(answering) as client:
        await client.get("/some/path?email=reader%40example.com", headers={"User-Agent": "x\x1b[31m"})
    [line] = events(log)
    assert line.keys() == {"event", "level", "timestamp", "method", "route", "status", "ms", "request_id"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/small", 200)
    assert "reader" not in json.dumps(line)
    assert "127.0.0.1" not in json.dumps(line)


async def test_requests_are_counted_by_route_and_not_by_address() -> None:
    metrics = Metrics()
    async with client_of(answering, metrics=metrics) as client:
        for path in ("/a", "/b?email=reader%40example.com", "/crash"):
            await client.get(path)
    told = generate_latest(metrics.registry).decode()
    assert 'greenroom_requests_total{method="GET",route="/small",status="200"} 2.0' in told
    assert 'greenroom_requests_total{method="GET",route="/small",status="500"} 1.0' in told
    assert "reader" not in told


async def test_what_is_not_http_goes_through_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> Any:
        raise AssertionError

    await Shell(app, metrics=Metrics(), public_url=None)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]


KINDS: dict[int, tuple[str, str, dict[str, Any]]] = {
    200: ("GET", "/livez", {}),
    202: ("POST", "/v1/sites/daily/submissions", {"json": a_body()}),
    400: (
        "POST",
        "/v1/sites/daily/submissions",
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
    ),
    401: ("GET", "/v1/queue", {}),
    403: ("POST", "/v1/sites/daily/submissions", {"json": {}, "headers": {"Origin": "https://evil.example"}}),
    404: ("GET", "/nothing/here", {}),
    405: ("PUT", "/livez", {}),
    413: (
        "POST",
        "/v1/sites/daily/submissions",
        {"content": b"x" * 300_000, "headers": {"Content-Type": "application/json"}},
    ),
    415: (
        "POST",
        "/v1/sites/daily/submissions",
        {"content": b"x", "headers": {"Content-Type": "text/plain"}},
    ),
    422: ("POST", "/v1/sites/daily/submissions", {"json": {}}),
}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("status", KINDS)
async def test_the_whole_service_dresses_every_kind_of_answer(
    client: httpx2.AsyncClient, status: int
) -> None:
    method, path, given = KINDS[status]
    response = await client.request(method, path, **given)

    assert response.status_code == status
    assert HEADERS.items() <= dict(response.headers).items()
    assert UUID(response.headers["x-request-id"]).version == 4
    assert "server" not in response.headers
    if status >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.usefixtures("site")
async def test_a_handler_that_crashes_gives_a_problem_that_the_widget_can_read(
    log: io.StringIO, state: State, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(state.threads, "get", crash)
    response = await client.get(
        "/v1/sites/daily/thread", params={"page": ARTICLE}, headers={"Origin": SITE_ORIGIN}
    )

    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert HEADERS.items() <= dict(response.headers).items()
    assert "reader@" not in response.text + log.getvalue()
    [crash_event] = [event for event in events(log) if event["event"] == "request.crashed"]
    assert crash_event["request_id"] == response.headers["x-request-id"]
