"""A service that knows a provider, and a browser that goes there and back."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from service.context import Context
from service.model.people import Rights, Role
from service.settings import Settings
from service.store.database import Connection
from service.web.http.provider import Provider as Known
from service.web.http.state import State
from tests.people import a_moderator, ok
from tests.provider import CLIENT_ID, CLIENT_SECRET, ISSUER, Provider

START = "/console/sign-in/provider"
ANSWER = "/console/sign-in/provider/answer"
SUBJECT = "248289761001"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    given = {
        "oidc_issuer": ISSUER,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_roles": {"desk": "moderator", "chiefs": "admin"},
    }
    return settings.model_copy(update=given)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def state(state: State, provider: Provider) -> State:
    state.provider = Known(state.ctx.settings, provider.transport)
    return state


@pytest.fixture
async def browser(provider: Provider) -> AsyncIterator[httpx2.AsyncClient]:
    async with provider.browser() as found:
        yield found


async def there(client: httpx2.AsyncClient, browser: httpx2.AsyncClient, target: str = START) -> str:
    """Go to the provider; gives the address that it sends the browser back to."""
    began = ok(await client.get(target), 303)
    answered = ok(await browser.get(began.headers["location"]), 302)
    return answered.headers["location"]


async def linked(ctx: Context, conn: Connection, **over: Any) -> None:
    irene = await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    sql = "UPDATE moderator SET oidc_issuer = $2, oidc_subject = $3 WHERE id = $1"
    await conn.execute(sql, irene, ISSUER, over.get("subject", SUBJECT))
