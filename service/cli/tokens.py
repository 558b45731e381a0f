"""`greenroom token …`"""

from datetime import timedelta
from typing import Annotated, Final

import typer

from service.cli.options import ACTOR, AsJson, DataDir, SiteName, settings_of
from service.cli.people import site_ids_of
from service.cli.runtime import context, run, say
from service.model.people import Principal, Scope
from service.store import api_tokens, sites
from service.usecases.tokens import add_token, parse_token_name, revoke_token

app = typer.Typer(no_args_is_help=True, help="Bearer tokens for programs.")
# Whoever runs commands on the server owns it.
_OWNER: Final = Principal(ACTOR, frozenset(Scope), None)


@app.command()
def add(
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it allows; repeatable.")],
    site: SiteName = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, help="Days until it ends; never if unset.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a token and print it, the only time that it is shown."""
    called = None if name is None else parse_token_name(name)

    async def work() -> str:
        async with context(settings_of(data_dir)) as ctx:
            found = await site_ids_of(ctx, site)
            lasts = timedelta(days=expires_days) if expires_days else None
            site_id = next(iter(found)) if found else None
            return await add_token(ctx, scope, actor=ACTOR, site_id=site_id, lasts=lasts, name=called)

    token = run(work())
    answer: dict[str, object] = {"scopes": sorted(set(scope)), "site": site, "token": token}
    say(answer, token, as_json=as_json)


@app.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List tokens by their ids, with what they allow; themselves they are not kept."""

    async def work() -> list[dict[str, object]]:
        async with context(settings_of(data_dir)) as ctx, ctx.db.read() as conn:
            names = {site.id: site.slug for site in await sites.every(conn)}
            return [
                {
                    "id": each.id,
                    "name": each.name,
                    "scopes": sorted(each.scopes),
                    "site": names.get(each.site_id or 0),
                    "expires_at": each.expires_at.isoformat() if each.expires_at else None,
                    "revoked": each.revoked_at is not None,
                }
                for each in await api_tokens.every(conn, None)
            ]

    found = run(work())
    lines = [_line(each) for each in found]
    say({"tokens": found}, "\n".join(lines) or "No token yet.", as_json=as_json)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The eight characters after gr_.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """End a token here and now."""

    async def work() -> None:
        async with context(settings_of(data_dir)) as ctx:
            await revoke_token(ctx, _OWNER, token_id)

    run(work())
    say({"id": token_id, "revoked": True}, f"The token {token_id} was revoked.", as_json=as_json)


def _line(token: dict[str, object]) -> str:
    scopes = ",".join(map(str, token["scopes"] if isinstance(token["scopes"], list) else ()))
    state = "revoked" if token["revoked"] else "active"
    return "\t".join((str(token["id"]), str(token["name"] or "-"), scopes, state))
