"""`greenroom page …`"""

from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, settings_of
from service.cli.runtime import context, run, say
from service.errors import SiteNotFound
from service.model.urls import parse_page
from service.store import sites
from service.usecases.govern import set_page_closed

app = typer.Typer(no_args_is_help=True, help="Articles.")
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The site.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="The article's address.")]


@app.command()
def close(slug: Slug, url: Url, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Take no more comments on an article."""
    _set(slug, url, settings_dir=data_dir, closed=True, as_json=as_json)


@app.command("open")
def reopen(slug: Slug, url: Url, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Take comments on an article again."""
    _set(slug, url, settings_dir=data_dir, closed=False, as_json=as_json)


def _set(slug: str, url: str, *, settings_dir: DataDir, closed: bool, as_json: bool) -> None:
    page = parse_page(url)

    async def work() -> None:
        async with context(settings_of(settings_dir)) as ctx:
            async with ctx.db.read() as conn:
                found = await sites.by_slug(conn, slug)
            if found is None:
                raise SiteNotFound(slug)
            await set_page_closed(ctx, found[0], page, closed=closed, actor=ACTOR)

    run(work())
    say(
        {"page": str(page), "closed": closed}, f"{page} is {'closed' if closed else 'open'}.", as_json=as_json
    )
