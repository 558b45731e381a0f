"""`greenroom serve`: the database, the application, and one process for both."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Annotated, Final

import typer
import uvicorn
from starlette.types import ASGIApp

from service.app import build_app, build_state, open_context
from service.cli.chores import doing_chores
from service.cli.options import AsJson, DataDir, WrongSettings, settings_of
from service.cli.runtime import ready_database, run, say
from service.cli.versions import require_server, require_versions
from service.context import Context
from service.embedded import Purpose
from service.errors import ServiceError
from service.logs import set_up
from service.settings import Settings
from service.web.http.connections import HEADER_BYTES, Connection, watch
from service.web.http.state import State

_ALLOCATIONS_BETWEEN_LOOKS: Final = 20_000
# For the database, the filters, logs and files.
_OTHER_DESCRIPTORS: Final = 100
_FEWEST_CONNECTIONS: Final = 50


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0 takes a free port.")] = None,
    data_dir: DataDir = None,
    embedded: Annotated[
        bool, typer.Option("--embedded/--no-embedded", help="Start the embedded PostgreSQL if none is set.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Run the service until it is told to stop."""
    settings = settings_of(data_dir, host=host, port=port)
    if not embedded and settings.database_url is None:
        raise WrongSettings("With --no-embedded, set GREENROOM_DATABASE_URL to a PostgreSQL.")
    set_up(settings.log_level, settings.log_format)
    with suppress(asyncio.CancelledError):
        run(_serve(settings, as_json=as_json))


async def _serve(settings: Settings, *, as_json: bool) -> None:
    with listen(settings.host, settings.port) as sock:
        url = settings.public_url or address_of(sock)
        answer: dict[str, object] = {"url": url, "console": f"{url}/console"}
        sentence = f"Greenroom is at {url}, its console at {url}/console"
        async with running_service(settings) as (ctx, state):
            apps = {sock: build_app(ctx, state)}
            await serve_until_told(apps, settings, state, lambda: say(answer, sentence, as_json=as_json))


@asynccontextmanager
async def running_service(settings: Settings) -> AsyncIterator[tuple[Context, State]]:
    """The database, the context and the upkeep, taken down in the opposite order."""
    require_versions()
    # Told to stop while still starting, we undo what was done so far.
    task = asyncio.current_task()
    assert task is not None
    on_signals(task.cancel)
    async with (
        ready_database(settings, Purpose.SERVE) as servers,
        open_context(settings, servers.app_dsn) as ctx,
        doing_chores(ctx, servers.owner_dsn if servers.is_embedded else None),
    ):
        async with ctx.db.read(moderation=True) as conn:
            server = conn.get_server_version()
        # asyncpg keeps the second number of PostgreSQL 10 and later as the third.
        require_server(server.major, server.micro)
        await ctx.screener.start()
        yield ctx, build_state(ctx)


async def serve_until_told(
    apps: Mapping[socket.socket, ASGIApp], settings: Settings, state: State, announce: Callable[[], None]
) -> None:
    """Serve each application on its socket until SIGINT or SIGTERM; a second signal does not wait.

    Between the signal and the end of taking connections, `/readyz` says no for `drain_seconds`.
    `announce` is called once all of them take connections.
    """
    servers = [Server(uvicorn_config(app, settings)) for app in apps.values()]

    def leave() -> None:
        for server in servers:
            server.should_exit = True

    def stop() -> None:
        if state.draining:
            for server in servers:
                server.force_exit = True
            leave()
            return
        state.draining = True
        asyncio.get_running_loop().call_later(settings.drain_seconds, leave)

    settle()
    on_signals(stop)
    serving = asyncio.gather(
        *(server.serve(sockets=[sock]) for server, sock in zip(servers, apps, strict=True))
    )
    await asyncio.gather(*(server.ready.wait() for server in servers))
    announce()
    await serving


def on_signals(action: Callable[[], object]) -> None:
    """What SIGINT and SIGTERM do from now on."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, action)


def allow_descriptors(connections: int) -> int:
    """Have the system let us open so many connections; gives how many it lets us."""
    if sys.platform == "win32":
        return connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_DESCRIPTORS
    unlimited = hard == resource.RLIM_INFINITY
    allowed = max(soft, wanted if unlimited else min(wanted, hard))
    if allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(_FEWEST_CONNECTIONS, min(connections, allowed - _OTHER_DESCRIPTORS))


def settle() -> None:
    """Take what start-up made out of the garbage collector's rounds, and let it look less often.

    A request leaves almost no cycles behind; by default it would be interrupted several times to look.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_LOOKS, 20, 20)


def uvicorn_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How uvicorn runs: its limits on, its forwarding headers off (`service.web.http.client` reads them)."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=allow_descriptors(settings.connections),
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


class Server(uvicorn.Server):
    """uvicorn raises a signal again after its loop, which would end us before PostgreSQL is stopped."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Note when connections are taken, and look after them from then on."""
        await super().startup(sockets)
        self._watch = asyncio.create_task(watch(self.server_state))
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Look after the last connections as well."""
        await super().shutdown(sockets)
        if self._watch:
            self._watch.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve_until_told`."""
        yield


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket, before anything slow is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise CannotListen(f"Cannot listen on {host}:{port} ({error.strerror}). Use --port.") from None
        yield sock


def address_of(sock: socket.socket) -> str:
    """The http address of a listening socket, as a browser on this machine would type it."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class CannotListen(ServiceError):
    """The port is taken, or may not be used."""
