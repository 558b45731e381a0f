"""`greenroom flood …`"""

from datetime import timedelta
from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, Slug, settings_of
from service.cli.runtime import context, run, say, site_of
from service.model.floods import LONGEST, Flood
from service.usecases.watch_floods import flood_of, switch_flood
from service.web.wire.floods import FloodOut

app = typer.Typer(no_args_is_help=True, help="Whether unknown senders are asked for a proof of work.")
_MOST = int(LONGEST.total_seconds() // 60)
Minutes = Annotated[int, typer.Option("--minutes", min=1, max=_MOST, help="For so long.")]


@app.command()
def show(site: Slug, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how a site stands, and what was measured."""

    async def work() -> FloodOut:
        async with context(settings_of(data_dir)) as ctx:
            return FloodOut.of(await flood_of(ctx, await site_of(ctx, site)), ctx.clock())

    _tell(run(work()), as_json=as_json)


@app.command()
def on(site: Slug, minutes: Minutes = 60, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Ask unknown senders for a proof, whatever is measured."""
    _switch(site, True, minutes, data_dir=data_dir, as_json=as_json)


@app.command()
def off(site: Slug, minutes: Minutes = 60, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Ask nobody for a proof, whatever is measured: during an import, say."""
    _switch(site, False, minutes, data_dir=data_dir, as_json=as_json)


@app.command()
def auto(site: Slug, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Leave it to what is measured again."""
    _switch(site, None, 1, data_dir=data_dir, as_json=as_json)


def _switch(site: str, wanted: bool | None, minutes: int, *, data_dir: DataDir, as_json: bool) -> None:
    async def work() -> FloodOut:
        async with context(settings_of(data_dir)) as ctx:
            here, lasts = await site_of(ctx, site), timedelta(minutes=minutes)
            flood: Flood = await switch_flood(ctx, here, wanted, lasts, actor=ACTOR)
            return FloodOut.of(flood, ctx.clock())

    _tell(run(work()), as_json=as_json)


def _tell(found: FloodOut, *, as_json: bool) -> None:
    until = f" Until {found.until:%Y-%m-%d %H:%M} UTC, by {found.by}." if found.until else ""
    say(found.model_dump(mode="json"), f"{found.sentence}{until}", as_json=as_json)
