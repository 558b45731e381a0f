"""The outermost layer, plain ASGI: request id, headers of every answer, access log, last resort.

Nothing that a handler raises gets past it: a crash becomes a problem like any other error.
"""

import time
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import InvalidRequest
from service.web.crash import describe
from service.web.problems import INTERNAL, PROBLEMS, plain_problem

_log = structlog.get_logger("greenroom.http")

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": API_POLICY,
}
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Metrics:
    """What `/metrics` tells: requests by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("greenroom_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "greenroom_request_seconds", "Time to answer", ("route",), registry=self.registry
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(seconds)


class Shell:
    """Wraps the application. `scope["state"]["request_id"]` is set for all that is inside."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, public_url: str | None) -> None:
        self._app = app
        self._metrics = metrics
        self._hosts = None if public_url is None else frozenset({public_url.partition("://")[2]})
        self._https = bool(public_url and public_url.startswith("https://"))

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
                self._dress(MutableHeaders(raw=message["headers"]), request_id)
            await send(message)

        try:
            if self._is_foreign(scope):
                error = InvalidRequest("host", "This service is not known under that host name.")
                response = plain_problem(PROBLEMS[InvalidRequest], error.detail, request_id)
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

    def _dress(self, headers: MutableHeaders, request_id: str) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request_id
        if self._https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    def _is_foreign(self, scope: Scope) -> bool:
        """Whether the Host header names somebody else; only known where a public address is set."""
        host = Headers(scope=scope).get("host", "").lower()
        if self._hosts is None or host in self._hosts:
            return False
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name not in _LOCAL_HOSTS

    def _account(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("state", {}).get("route", "none")
        self._metrics.observe(scope["method"], route, status, seconds)
        _log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )
