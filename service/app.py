"""The composition root: the only place where concrete parts meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from service.context import Context, system_clock
from service.errors import NotFound
from service.screening.screener import Screener
from service.settings import Settings
from service.store.database import Database
from service.store.schema import migrate, require_latest
from service.usecases.end_again import end_again
from service.usecases.erase import replay
from service.usecases.keys import check_keys
from service.vault import KeyFile, Vault
from service.web.drawing.rendering import ThreadPages
from service.web.drawing.threads import ThreadCache
from service.web.frontend import static_routes
from service.web.http.dispatch import routes
from service.web.http.live import Feed
from service.web.http.problems import PROBLEMS, plain_problem
from service.web.http.provider import Provider
from service.web.http.shell import Metrics, Shell
from service.web.http.state import FloodWatch, SiteDirectory, State
from service.web.routes import ENDPOINTS

FILTERS: Final = "service.filters:FILTERS"


@asynccontextmanager
async def open_context(
    settings: Settings, dsn: str, screener: Screener | None = None
) -> AsyncIterator[Context]:
    """A context on the database at `dsn`, whose schema and keys are checked; closed again at the end.

    `screener` is one that others use too, and close.
    """
    keys = KeyFile(settings.own_key_file)
    db = await Database.open(
        dsn,
        size=settings.pool_size,
        moderation_size=settings.moderation_pool_size,
        readers_size=settings.readers_pool_size,
        pooler=settings.pgbouncer,
    )
    found = screener or Screener(FILTERS, settings.screening_seconds, settings.screening_megabytes)
    try:
        ctx = Context(db, Vault(keys.keys), found, system_clock, settings)
        async with db.read(moderation=True) as conn:
            await require_latest(conn)
        await check_keys(ctx)
        await replay(ctx)
        await end_again(ctx)
        yield ctx
    finally:
        if screener is None:
            await found.close()
        await db.close()


def prepare_keys(settings: Settings) -> bool:
    """Make the key ring where there is none; True where one was made and should be backed up."""
    return KeyFile(settings.own_key_file).create()


async def prepare_schema(owner_dsn: str, app_dsn: str) -> tuple[int, int]:
    """Install or migrate the schema as its owner; gives the versions before and after."""
    role = urlsplit(app_dsn).username
    return await migrate(owner_dsn, app_role=role if role != urlsplit(owner_dsn).username else None)


def build_state(ctx: Context) -> State:
    """What the web floor keeps in memory."""
    cache = ThreadCache(ctx.settings.thread_cache_seconds)
    readable = {found.path: found.needs for found in ENDPOINTS if found.method == "GET"}
    provider = Provider(ctx.settings) if ctx.settings.oidc_issuer else None
    return State(
        ctx,
        SiteDirectory(ctx),
        cache,
        ThreadPages(),
        Metrics(),
        Feed(ctx),
        FloodWatch(ctx),
        readable=readable,
        provider=provider,
    )


def build_app(ctx: Context, state: State | None = None) -> ASGIApp:
    """The whole service as one ASGI application."""
    state = state or build_state(ctx)
    # A bare router: errors are answered in `dispatch` and, at the last, in the shell.
    router = Router([*routes(ENDPOINTS, state), *static_routes()], redirect_slashes=False, default=_no_route)
    return Shell(router, metrics=state.metrics, public_url=ctx.settings.public_url)


async def _no_route(scope: Scope, receive: Receive, send: Send) -> None:
    request_id = str(scope["state"]["request_id"])
    response = plain_problem(PROBLEMS[NotFound], "There is nothing at this address.", request_id)
    await response(scope, receive, send)
