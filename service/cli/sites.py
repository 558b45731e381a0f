"""`greenroom site …`"""

from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, settings_of
from service.cli.runtime import context, run, say
from service.model.sites import Site
from service.store import sites
from service.usecases.govern import add_site, set_origins

app = typer.Typer(no_args_is_help=True, help="Publications that embed the widget.")
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The site's short name in addresses.")]
Origins = Annotated[
    list[str],
    typer.Option("--origin", help="An origin of its pages, such as https://news.example; repeatable."),
]


@app.command()
def add(
    slug: Slug,
    origin: Origins,
    language: Annotated[str, typer.Option(help="The language of most articles (BCP 47).")] = "en",
    close_after_days: Annotated[
        int | None, typer.Option(min=1, help="Close pages so long after their first comment.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a site."""

    async def work() -> Site:
        async with context(settings_of(data_dir)) as ctx:
            return await add_site(
                ctx, slug, origin, actor=ACTOR, language=language, close_after_days=close_after_days
            )

    site = run(work())
    answer: dict[str, object] = {
        "site": site.slug,
        "origins": sorted(site.origins),
        "language": site.language,
    }
    say(answer, f"Added the site {site.slug} for {', '.join(sorted(site.origins))}.", as_json=as_json)


@app.command()
def origins(slug: Slug, origin: Origins, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Replace a site's origins."""

    async def work() -> None:
        async with context(settings_of(data_dir)) as ctx:
            await set_origins(ctx, slug, origin, actor=ACTOR)

    run(work())
    say({"site": slug, "origins": origin}, f"{slug} is on {', '.join(origin)} now.", as_json=as_json)


@app.command("list")
def list_sites(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the sites."""

    async def work() -> list[Site]:
        async with context(settings_of(data_dir)) as ctx, ctx.db.read() as conn:
            return list(await sites.every(conn))

    found = run(work())
    answer: dict[str, object] = {
        "sites": [{"site": site.slug, "origins": sorted(site.origins)} for site in found]
    }
    lines = [f"{site.slug}  {' '.join(sorted(site.origins))}" for site in found]
    say(
        answer,
        "\n".join(lines) or "There is no site yet: greenroom site add SLUG --origin URL",
        as_json=as_json,
    )
