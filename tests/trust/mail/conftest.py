"""A service that sends mails, and a mailbox that gets them."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from service.app import build_app
from service.cli.chores import empty_outbox
from service.context import Context
from service.settings import Settings
from tests.mailbox import Mailbox, mail_server

HTML = {"Accept": "text/html"}


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
def settings(tmp_path: Path, mailbox: Mailbox) -> Settings:
    return Settings(
        data_dir=tmp_path,
        submission_burst=1_000,
        screening_seconds=5,
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="greenroom@service.example",
        public_url="http://testserver",
    )


async def link_for(
    client: httpx2.AsyncClient, ctx: Context, mailbox: Mailbox, email: str, **over: str
) -> str:
    """Ask as a person would, and take the path of the link out of the mail."""
    asked = await client.post("/privacy", json={"email": email, **over})
    assert asked.status_code == 202, asked.text
    assert await empty_outbox(ctx) == 1
    assert mailbox.recipients[-1] == email
    found = re.search(r"http://testserver(/privacy/\S+)", mailbox.text())
    assert found
    return found[1]


def without_mail(ctx: Context) -> Context:
    """The same where nobody has set mails up."""
    return replace(ctx, settings=ctx.settings.model_copy(update={"smtp_host": None}))


def client_of(ctx: Context) -> httpx2.AsyncClient:
    """HTTP to an application on this context."""
    transport = httpx2.ASGITransport(build_app(ctx), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")
