"""`greenroom moderator …`"""

import secrets
import sys
from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, SiteName, settings_of
from service.cli.runtime import context, run, say
from service.context import Context
from service.errors import SiteNotFound
from service.model.people import Role
from service.store import sites
from service.usecases.govern import add_moderator

app = typer.Typer(no_args_is_help=True, help="People who decide.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.MODERATOR,
    site: SiteName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a moderator. Without a password on standard input, one is asked for or made and printed."""
    password, made = _password(password_stdin)

    async def work() -> None:
        async with context(settings_of(data_dir)) as ctx:
            site_ids = await site_ids_of(ctx, site)
            await add_moderator(ctx, name, password, role=role, site_ids=site_ids, actor=ACTOR)

    run(work())
    answer: dict[str, object] = {"moderator": name, "role": role.value, "site": site}
    sentence = f"Added the {role.value} {name}."
    if made:
        answer["password"] = password
        sentence += f" Password: {password}"
    say(answer, sentence, as_json=as_json)


async def site_ids_of(ctx: Context, slug: str | None) -> frozenset[int] | None:
    """The one site meant, or None for every site; `SiteNotFound`."""
    if slug is None:
        return None
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, slug)
    if found is None:
        raise SiteNotFound(slug)
    return frozenset({found[0].id})


def _password(from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True
