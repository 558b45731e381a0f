"""`greenroom token …`"""

from datetime import timedelta
from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, SiteName, settings_of
from service.cli.people import site_ids_of
from service.cli.runtime import context, run, say
from service.model.people import Scope
from service.usecases.tokens import add_token

app = typer.Typer(no_args_is_help=True, help="Bearer tokens for programs.")


@app.command()
def add(
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it allows; repeatable.")],
    site: SiteName = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, help="Days until it ends; never if unset.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a token and print it, the only time that it is shown."""

    async def work() -> str:
        async with context(settings_of(data_dir)) as ctx:
            found = await site_ids_of(ctx, site)
            lasts = timedelta(days=expires_days) if expires_days else None
            site_id = next(iter(found)) if found else None
            return await add_token(ctx, scope, actor=ACTOR, site_id=site_id, lasts=lasts)

    token = run(work())
    answer: dict[str, object] = {"scopes": sorted(set(scope)), "site": site, "token": token}
    say(answer, token, as_json=as_json)
