"""`greenroom demo`: the service with a little news site beside it, ready to be tried."""

import asyncio
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Annotated

import typer
from starlette.types import ASGIApp

from service.app import build_app
from service.cli.options import DataDir, settings_of
from service.cli.runtime import run, say
from service.cli.serve import address_of, listen, running_service, serve_until_told
from service.context import Context
from service.demo import demo_app
from service.logs import set_up
from service.model.people import Role
from service.settings import Settings
from service.store import people, sites
from service.usecases.govern import add_moderator, add_site
from service.usecases.set_site import change_site

_SITE = "demo"
_MODERATOR = "moderator"


def demo(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65534, help="The articles are one port above.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the service with a demo site and a first moderator, and print where everything is."""
    settings = settings_of(data_dir, host=host, port=port)
    set_up("warning" if settings.log_level == "info" else settings.log_level, settings.log_format)
    with suppress(asyncio.CancelledError):
        run(_demo(settings))


async def _demo(settings: Settings) -> None:
    with (
        listen(settings.host, settings.port) as sock,
        listen(settings.host, _next(settings.port)) as demo_sock,
    ):
        url, origin = settings.public_url or address_of(sock), address_of(demo_sock)
        async with running_service(settings) as (ctx, state):
            await _set_up_site(ctx, origin)
            password = await _set_up_moderator(ctx, settings.data_dir / "demo-sign-in.json")
            sign_in = f"{_MODERATOR} / {password}" if password else "the moderator you added"
            lines = (
                "",
                f"  A newspaper       {origin}/",
                f"  The console       {url}/console",
                f"  Sign in as        {sign_in}",
                "",
                "  Open an article, write a comment, approve it in the console, and reload the article.",
                "",
            )
            apps: dict[socket, ASGIApp] = {
                sock: build_app(ctx, state),
                demo_sock: demo_app(url, origin, _SITE),
            }
            await serve_until_told(apps, settings, state, lambda: say({}, "\n".join(lines), as_json=False))


def _next(port: int) -> int:
    return port + 1 if port else 0


async def _set_up_site(ctx: Context, origin: str) -> None:
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, _SITE)
    if found is None:
        await add_site(ctx, _SITE, [origin], actor="demo")
    elif origin not in found[0].origins:
        await change_site(ctx, _SITE, {"origins": (*found[0].origins, origin)}, actor="demo")


async def _set_up_moderator(ctx: Context, note: Path) -> str | None:
    """The demo moderator's password, from the note beside the database; None where there is none."""
    async with ctx.db.read() as conn:
        known = await people.count_moderators(conn)
    if known:
        return _noted(note)
    password = secrets.token_urlsafe(9)
    await add_moderator(ctx, _MODERATOR, password, role=Role.ADMIN, site_ids=None, actor="demo")
    _note(note, password)
    return password


def _noted(note: Path) -> str | None:
    return str(json.loads(note.read_text())["password"]) if note.exists() else None


def _note(note: Path, password: str) -> None:
    with open(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"name": _MODERATOR, "password": password}, file)
