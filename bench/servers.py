"""What is measured, each in a process of its own: the service, and the ceilings on the same stack."""

import asyncio
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

import uvicorn
import uvloop
from starlette.types import ASGIApp

from bench.ceiling import bare_bytes, bare_insert
from service.app import build_app, open_context
from service.cli.serve import settle, uvicorn_config
from service.logs import set_up
from service.settings import Settings


def listening() -> socket.socket:
    """A listening socket on a free port of loopback."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(512)
    return sock


@contextmanager
def running(target: Callable[..., None], *arguments: object) -> Iterator[int]:
    """The port of a server that runs in its own process until the block ends."""
    with listening() as sock:
        process: BaseProcess = multiprocessing.get_context("spawn").Process(
            target=target, args=(sock, *arguments)
        )
        process.start()
        try:
            yield int(sock.getsockname()[1])
        finally:
            process.terminate()
            process.join(10)


def serve_service(sock: socket.socket, settings: Settings, dsn: str) -> None:
    """The whole service, as `greenroom serve` runs it."""

    async def run() -> None:
        sys.stderr = open(os.devnull, "w")  # noqa: ASYNC230, SIM115 - the log is written, not read
        set_up(settings.log_level, settings.log_format)
        async with open_context(settings, dsn) as ctx:
            app = build_app(ctx)
            settle()
            await _serve(sock, app, settings)

    uvloop.run(run())


def serve_bare_insert(sock: socket.socket, settings: Settings, dsn: str) -> None:
    """The ceiling of submitting."""

    async def run() -> None:
        await _serve(sock, await bare_insert(dsn, settings.pool_size), settings)

    uvloop.run(run())


def serve_bare_bytes(sock: socket.socket, settings: Settings, body: bytes, media_type: str) -> None:
    """The ceiling of reading."""

    async def run() -> None:
        await _serve(sock, bare_bytes(body, media_type), settings)

    uvloop.run(run())


async def _serve(sock: socket.socket, app: ASGIApp, settings: Settings) -> None:
    server = uvicorn.Server(uvicorn_config(app, settings))
    await asyncio.wait_for(server.serve(sockets=[sock]), 600)
