"""What a command stands on: a database that is there, keys that fit it, and a context on both."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import uvloop

from service.app import open_context, prepare_keys, prepare_schema
from service.context import Context
from service.embedded import Purpose, embedded_postgres
from service.errors import ServiceError, SiteNotFound
from service.model.sites import Site
from service.settings import Settings
from service.store import audit, sites
from service.store.schema import installed_version

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Servers:
    """The database as its owner (for the schema) and as the application."""

    owner_dsn: str
    app_dsn: str
    is_embedded: bool


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine on the event loop that `serve` uses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@asynccontextmanager
async def database(settings: Settings, purpose: Purpose) -> AsyncIterator[Servers]:
    """The database of these settings: the one they name, else the embedded one, started if need be."""
    if settings.database_url is not None:
        url = settings.database_url
        yield Servers(settings.owner_database_url or url, url, is_embedded=False)
        return
    async with embedded_postgres(settings.data_dir, purpose=purpose, on_progress=_tell) as server:
        yield Servers(server.owner_dsn, server.app_dsn, is_embedded=True)


@asynccontextmanager
async def ready_database(settings: Settings, purpose: Purpose) -> AsyncIterator[Servers]:
    """The same with a schema: migrated where we own the database, only installed where we do not."""
    async with database(settings, purpose) as servers:
        try:
            if servers.is_embedded or await installed_version(servers.owner_dsn) == 0:
                await prepare_schema(servers.owner_dsn, servers.app_dsn)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            raise NoDatabase(type(error).__name__) from None
        if prepare_keys(settings):
            _tell(
                f"Made a key for e-mail addresses in {settings.own_key_file}. Back it up, apart from the "
                "database: without it no address can be read again."
            )
        yield servers


@asynccontextmanager
async def context(settings: Settings, purpose: Purpose = Purpose.COMMAND) -> AsyncIterator[Context]:
    """A context for one command, whether `serve` runs on the same data folder or not."""
    async with ready_database(settings, purpose) as servers, open_context(settings, servers.app_dsn) as ctx:
        with audit.coming_from(audit.Whence("command")):
            yield ctx


async def site_of(ctx: Context, slug: str) -> Site:
    """The site of this name; `SiteNotFound`."""
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, slug)
    if found is None:
        raise SiteNotFound(slug)
    return found[0]


def say(answer: dict[str, object], sentence: str, *, as_json: bool) -> None:
    """Print what a command found, for a program or for a person."""
    sys.stdout.write((json.dumps(answer) if as_json else sentence) + "\n")
    sys.stdout.flush()


class NoDatabase(ServiceError):
    """The database that the settings name cannot be used."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"The database cannot be reached ({cause}). Check GREENROOM_DATABASE_URL, or unset it to use the "
            "embedded PostgreSQL."
        )


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
