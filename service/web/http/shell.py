"""The outermost layer, plain ASGI: request id, headers of every answer, access log, last resort.

Nothing that a handler raises gets past it: a crash becomes a problem like any other error.
"""

import time
from collections.abc import Iterable
from itertools import chain
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import InvalidRequest
from service.web.http.crash import describe
from service.web.http.problems import INTERNAL, plain_problem, problem_response

_log = structlog.get_logger("greenroom.http")

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", API_POLICY.encode()),
)
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
MOST_HEADERS: Final = 100
MOST_HEADER_BYTES: Final = 32 * 1024
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Metrics:
    """What `/metrics` tells: requests by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("greenroom_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "greenroom_request_seconds", "Time to answer", ("route",), registry=self.registry
        )
        self._flooded = Gauge("greenroom_flooded", "Sites in flood mode", ("site",), registry=self.registry)
        # Looking up a labelled child takes locks and joins strings; there are few of them.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def show_floods(self, sites: Iterable[str]) -> None:
        """These sites are flooded, and no others."""
        self._flooded.clear()
        for site in sites:
            self._flooded.labels(site).set(1)


class Shell:
    """Wraps the application. `scope["state"]["request_id"]` is set for all that is inside."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, public_url: str | None) -> None:
        self._app = app
        self._metrics = metrics
        self._hosts = None if public_url is None else frozenset({public_url.partition("://")[2]})
        https = public_url is not None and public_url.startswith("https://")
        self._headers = (*HEADERS, _HSTS) if https else HEADERS
        self._log = _log.bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        status, started, began = 0, False, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                self._dress(message["headers"], request_id)
            await send(message)

        try:
            refusal = _malformed(scope) or self._foreign(scope)
            if refusal:
                response = problem_response(refusal, request_id)
                # What follows on this connection may not be what it seems.
                response.headers["Connection"] = "close"
                await response(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        except Exception as error:
            _log.error("request.crashed", request_id=request_id, **describe(error))
            if started:
                raise
            response = plain_problem(INTERNAL, "The failure was noted under the request id.", request_id)
            await response(scope, receive, answer)
        finally:
            self._account(scope, status, time.perf_counter() - began, request_id)

    def _dress(self, headers: list[tuple[bytes, bytes]], request_id: str) -> None:
        """Add what every answer has, unless the handler gave its own."""
        given = {name for name, _ in headers}
        headers += [header for header in self._headers if header[0] not in given]
        headers.append((b"x-request-id", request_id.encode()))

    def _foreign(self, scope: Scope) -> InvalidRequest | None:
        """Why not, where the Host header names somebody else; only known where a public address is set."""
        if self._hosts is None:
            return None
        host = Headers(scope=scope).get("host", "").lower()
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if host in self._hosts or name in _LOCAL_HOSTS:
            return None
        return InvalidRequest("host", "This service is not known under that host name.")

    def _account(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("state", {}).get("route", "none")
        self._metrics.observe(scope["method"], route, status, seconds)
        self._log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )


def _malformed(scope: Scope) -> InvalidRequest | None:
    """Why not, for a request that parsers read in different ways, or that is mostly headers."""
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(map(len, chain.from_iterable(headers))) > MOST_HEADER_BYTES:
        return InvalidRequest("headers_too_large", "The request has more headers than we read.")
    names = {name for name, _ in headers}
    if b"transfer-encoding" in names and b"content-length" in names:
        sentence = "A request has a Content-Length or a Transfer-Encoding, not both."
        return InvalidRequest("two_lengths", sentence)
    return None
