"""`greenroom moderator …`"""

import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

import typer

from service.cli.options import ACTOR, AsJson, DataDir, SiteName, settings_of
from service.cli.runtime import context, run, say
from service.context import Context
from service.errors import ModeratorNotFound, SiteNotFound
from service.model.people import Moderator, Rights, Role
from service.store import people, sites
from service.usecases import moderators
from service.usecases.moderators import Change

app = typer.Typer(no_args_is_help=True, help="People who decide.")
Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
PasswordStdin: TypeAlias = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
MayDisclose: TypeAlias = Annotated[
    bool, typer.Option("--may-disclose", help="They may open e-mail addresses, each time recorded.")
]


@app.command()
def add(
    name: Name,
    password_stdin: PasswordStdin = False,
    role: Annotated[
        Role | None,
        typer.Option(help="What they may do: moderator, unless said; admin for the first of all."),
    ] = None,
    site: SiteName = None,
    may_disclose: MayDisclose = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a moderator. Without a password on standard input, one is asked for or made and printed."""
    password, made = _password(password_stdin)

    async def work() -> Role:
        async with context(settings_of(data_dir)) as ctx:
            given = role or await _usual_role(ctx, site)
            rights = await _rights(ctx, given, site, may_disclose)
            await moderators.add(ctx, name, password, rights, actor=ACTOR)
            return given

    given = run(work())
    answer: dict[str, object] = {"moderator": name, "role": given.value, "site": site}
    sentence = f"Added the {given.value} {name}."
    if made:
        answer["password"] = password
        sentence += f" Password: {password}"
    say(answer, sentence, as_json=as_json)


@app.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List everybody: role, sites, second factor, and who is kept out."""

    async def work() -> list[dict[str, object]]:
        async with context(settings_of(data_dir)) as ctx, ctx.db.read() as conn:
            names = {site.id: site.slug for site in await sites.every(conn)}
            return [_told(each, names) for each in await people.every(conn)]

    found = run(work())
    lines = [f"{each['moderator']}\t{each['role']}\t{each['state']}" for each in found]
    say({"moderators": found}, "\n".join(lines) or "Nobody yet.", as_json=as_json)


@app.command()
def role(
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="reader, moderator or admin.")],
    site: SiteName = None,
    may_disclose: MayDisclose = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say anew what somebody may do: everywhere, or on one site. Their sessions end."""

    async def work(ctx: Context, moderator: Moderator) -> None:
        rights = await _rights(ctx, role, site, may_disclose)
        await moderators.change(ctx, moderator.id, Change(rights), actor=ACTOR)

    _act(name, work, data_dir)
    answer: dict[str, object] = {"moderator": name, "role": role.value, "site": site}
    say(answer, f"{name} is {role.value} now.", as_json=as_json)


@app.command()
def disable(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Keep somebody out; their sessions end."""

    async def work(ctx: Context, moderator: Moderator) -> None:
        await moderators.change(ctx, moderator.id, Change(disabled=True), actor=ACTOR)

    _act(name, work, data_dir)
    say({"moderator": name, "disabled": True}, f"{name} is kept out.", as_json=as_json)


@app.command()
def enable(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let somebody in again."""

    async def work(ctx: Context, moderator: Moderator) -> None:
        await moderators.change(ctx, moderator.id, Change(disabled=False), actor=ACTOR)

    _act(name, work, data_dir)
    say({"moderator": name, "disabled": False}, f"{name} may sign in again.", as_json=as_json)


@app.command()
def password(
    name: Name,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody a password from standard input, else a one-time password, which is printed."""
    given = _line() if password_stdin else None

    async def work(ctx: Context, moderator: Moderator) -> str | None:
        return await moderators.set_password(ctx, moderator.id, given, actor=ACTOR)

    made = _act(name, work, data_dir)
    answer: dict[str, object] = {"moderator": name}
    sentence = f"The password of {name} was changed."
    if made:
        answer["password"] = made
        sentence = f"For three days {name} may sign in with {made} and choose an own password."
    say(answer, sentence, as_json=as_json)


@app.command("reset-second-factor")
def reset_second_factor(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Forget somebody's second factor and recovery codes; their sessions end."""

    async def work(ctx: Context, moderator: Moderator) -> None:
        await moderators.reset_second_factor(ctx, moderator.id, actor=ACTOR)

    _act(name, work, data_dir)
    say({"moderator": name}, f"{name} signs in with the password alone now.", as_json=as_json)


async def site_ids_of(ctx: Context, slug: str | None) -> frozenset[int] | None:
    """The one site meant, or None for every site; `SiteNotFound`."""
    if slug is None:
        return None
    async with ctx.db.read() as conn:
        found = await sites.by_slug(conn, slug)
    if found is None:
        raise SiteNotFound(slug)
    return frozenset({found[0].id})


def _act(
    name: str, work: Callable[[Context, Moderator], Awaitable[str | None]], data_dir: DataDir
) -> str | None:
    """Do something about the moderator of this name; `ModeratorNotFound`."""

    async def found() -> str | None:
        async with context(settings_of(data_dir)) as ctx:
            async with ctx.db.read() as conn:
                moderator = await people.by_name(conn, name)
            if moderator is None:
                raise ModeratorNotFound
            return await work(ctx, moderator)

    return run(found())


async def _usual_role(ctx: Context, site: str | None) -> Role:
    """Who comes to an empty installation has to set it up."""
    async with ctx.db.read() as conn:
        is_first = await people.count_moderators(conn) == 0
    return Role.ADMIN if is_first and site is None else Role.MODERATOR


async def _rights(ctx: Context, role: Role, site: str | None, may_disclose: bool) -> Rights:
    site_ids = await site_ids_of(ctx, site)
    return Rights(role, None if site_ids is None else dict.fromkeys(site_ids), may_disclose)


def _told(moderator: Moderator, names: dict[int, str]) -> dict[str, object]:
    rights = moderator.rights
    where = None
    if rights.sites is not None:
        where = {names[i]: (role or rights.role).value for i, role in rights.sites.items()}
    state = "disabled" if moderator.disabled_at else "invited" if moderator.one_time_until else "active"
    return {
        "moderator": moderator.name,
        "role": rights.role.value,
        "sites": where,
        "may_disclose": rights.may_disclose,
        "second_factor": moderator.has_second_factor,
        "state": state,
    }


def _password(from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return _line(), False
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True


def _line() -> str:
    return sys.stdin.readline().rstrip("\r\n")
