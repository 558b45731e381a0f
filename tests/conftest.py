"""One embedded PostgreSQL for each test process, one template database, a fresh clone for each test."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx2
import hypothesis
import pytest
import structlog

from service.app import FILTERS, build_app, build_state, open_context, prepare_keys, prepare_schema
from service.context import Context
from service.embedded import EmbeddedServer, Purpose, embedded_postgres
from service.model.people import Role, Scope
from service.model.sites import Site
from service.screening.screener import Screener
from service.settings import Settings
from service.store.database import Connection
from service.usecases.govern import add_moderator, add_site
from service.usecases.tokens import add_token
from service.web.http.state import State
from tests.factories import PASSWORD, SITE_ORIGIN, a_delivery, a_submission, submitted
from tests.recording import log_line, recorded

# The first example of a property reads the word lists, and on a busy machine any may take its time.
hypothesis.settings.register_profile("patient", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Tests that look at the log set it up themselves."""
    structlog.configure(
        processors=[log_line, structlog.testing.LogCapture()], cache_logger_on_first_use=False
    )


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedServer]:
    async with embedded_postgres(tmp_path_factory.mktemp("server"), purpose=Purpose.SERVE) as running:
        yield running


def in_database(dsn: str, name: str) -> str:
    """The same server and role, another database."""
    return urlsplit(dsn)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
async def template(server: EmbeddedServer) -> str:
    name = "greenroom_template"
    await _as_admin(server, f"CREATE DATABASE {name} OWNER greenroom_owner")
    await prepare_schema(in_database(server.owner_dsn, name), in_database(server.app_dsn, name))
    return name


@pytest.fixture
async def database(server: EmbeddedServer, template: str) -> AsyncIterator[str]:
    """The name of a fresh database with the schema."""
    name = f"test_{secrets.token_hex(6)}"
    await _as_admin(server, f"CREATE DATABASE {name} TEMPLATE {template} OWNER greenroom_owner")
    yield name
    await _as_admin(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app_dsn(server: EmbeddedServer, database: str) -> str:
    """As the application, which owns nothing."""
    return in_database(server.app_dsn, database)


@pytest.fixture
def owner_dsn(server: EmbeddedServer, database: str) -> str:
    """As the owner of the schema."""
    return in_database(server.owner_dsn, database)


@pytest.fixture
async def conn(owner_dsn: str) -> AsyncIterator[Connection]:
    """To look at tables, past the application."""
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, submission_burst=1_000, screening_seconds=5)


@pytest.fixture(scope="session")
async def screener() -> AsyncIterator[Screener]:
    """One screening process for all tests of this process; it keeps nothing between them."""
    found = Screener(FILTERS, 5)
    yield found
    await found.close()


@pytest.fixture
async def ctx(settings: Settings, app_dsn: str, screener: Screener) -> AsyncIterator[Context]:
    prepare_keys(settings)
    async with open_context(settings, app_dsn, screener) as context:
        yield context


@pytest.fixture
async def site(ctx: Context) -> Site:
    return await add_site(ctx, "daily", [SITE_ORIGIN], actor="test")


@pytest.fixture
def state(ctx: Context) -> State:
    return build_state(ctx)


@pytest.fixture
async def client(ctx: Context, state: State) -> AsyncIterator[httpx2.AsyncClient]:
    """HTTP to the whole application, in this process; a crash shows as the 500 that clients get."""
    transport = httpx2.ASGITransport(recorded(build_app(ctx, state)), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as found:
        yield found


class MakeComment(Protocol):
    """Submits a comment through the use case and gives its id."""

    async def __call__(self, **over: object) -> UUID: ...


@pytest.fixture
def make_comment(ctx: Context, site: Site) -> MakeComment:
    async def make(**over: object) -> UUID:
        return await submitted(ctx, site, a_submission(**over), a_delivery())

    return make


@pytest.fixture
async def moderator(ctx: Context) -> str:
    """Ana, who works for every site."""
    await add_moderator(ctx, "ana", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")
    return "ana"


class Bearer(Protocol):
    """Headers with a fresh token of these scopes."""

    async def __call__(self, *scopes: str, site_id: int | None = None) -> dict[str, str]: ...


@pytest.fixture
def bearer(ctx: Context) -> Bearer:
    """Headers with a fresh token: `await bearer("moderate", site_id=1)`."""

    async def make(*scopes: str, site_id: int | None = None) -> dict[str, str]:
        token = await add_token(ctx, map(Scope, scopes), actor="test", site_id=site_id)
        return {"Authorization": f"Bearer {token}"}

    return make


async def _as_admin(server: EmbeddedServer, sql: str) -> None:
    connection = await asyncpg.connect(in_database(server.admin_dsn, "postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
