"""Bytes to a socket and back, for clients that no HTTP library would be."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from service.app import build_app
from service.cli.serve import Server, listen, uvicorn_config
from service.context import Context
from service.web.http.state import State
from tests.factories import SITE_ORIGIN, a_body

PATH = "/v1/sites/daily/submissions"
# Longer than any limit that is tested: where this runs out, the service did not end it.
PATIENCE = 30


@dataclass
class Front:
    """A running server and its port."""

    port: int
    server: Server

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Line"]:
        """One connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()

    async def tell(self, *parts: bytes) -> "Answer":
        """Send these bytes on a connection of their own and give the answer to them."""
        async with self.connect() as line:
            await line.send(*parts)
            return await line.answer()

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self.server.server_state.connections)


@asynccontextmanager
async def fronting(ctx: Context, state: State) -> AsyncIterator[Front]:
    """The whole application, taking connections on a free port of loopback."""
    with listen("127.0.0.1", 0) as sock:
        sock.setblocking(False)
        server = Server(uvicorn_config(build_app(ctx, state), ctx.settings))
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        await server.ready.wait()
        yield Front(sock.getsockname()[1], server)
        server.should_exit = server.force_exit = True
        await serving


@dataclass
class Answer:
    """Status, headers and body, and whether the connection ended behind them."""

    status: int
    headers: dict[str, str]
    body: bytes
    ended: bool = field(default=False)

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document, which every refusal is."""
        assert self.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Line:
    """Both directions of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes) -> None:
        """Send what can be sent: a service that has heard enough may end it."""
        try:
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()
        except ConnectionError:
            pass

    async def answer(self) -> Answer:
        """The next answer; then `ended` says whether the service closed the connection."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").strip().split("\r\n")
            pairs = (line.split(": ", 1) for line in lines)
            headers = {name.lower(): value for name, value in pairs}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split(" ")[1]), headers, body)

    async def end(self) -> bytes:
        """Everything that still comes until the service ends the connection, however it does."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.reader.read()
        except ConnectionError:
            return b""


def head(method: str = "POST", path: str = PATH, **headers: str | None) -> bytes:
    """The first line and the headers of a request from the site's page; None leaves a header out."""
    given: dict[str, str | None] = {
        "Host": "localhost",
        "Origin": SITE_ORIGIN,
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def a_post(**over: Any) -> bytes:
    """A whole valid submission, as bytes."""
    body = json.dumps(a_body(**over)).encode()
    return head(Content_Length=str(len(body))) + body


LIVEZ = head("GET", "/livez", Content_Type=None)
