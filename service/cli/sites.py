"""`greenroom site …`"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, settings_of
from service.cli.runtime import context, run, say
from service.model.site_settings import StoredSettings
from service.model.sites import Site
from service.store import sites
from service.usecases.govern import add_site
from service.usecases.set_site import change_site

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
            await change_site(ctx, slug, {"origins": tuple(origin)}, actor=ACTOR)

    run(work())
    say({"site": slug, "origins": origin}, f"{slug} is on {', '.join(origin)} now.", as_json=as_json)


@app.command("set")
def set_settings(
    slug: Slug,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    language: Annotated[str | None, typer.Option(help="The language of most articles (BCP 47).")] = None,
    close_after_days: Annotated[int | None, typer.Option(min=0, help="0: pages stay open.")] = None,
    respond_hours: Annotated[int | None, typer.Option(help="How soon a comment should be decided.")] = None,
    edit_minutes: Annotated[int | None, typer.Option(help="How long authors may change a comment.")] = None,
    review_share: Annotated[float | None, typer.Option(help="Share of decisions made twice, blind.")] = None,
    keep_rejected_days: Annotated[int | None, typer.Option(min=0, help="0: for ever.")] = None,
    keep_contacts_days: Annotated[int | None, typer.Option(min=0, help="0: for ever.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change some of a site's settings; what is not named stays as it is."""
    given = {
        "title": title,
        "language": language,
        "close_after_days": close_after_days,
        "respond_hours": respond_hours,
        "edit_minutes": edit_minutes,
        "review_share": review_share,
        "keep_rejected_days": keep_rejected_days,
        "keep_contacts_days": keep_contacts_days,
    }
    never = {"close_after_days", "keep_rejected_days", "keep_contacts_days"}
    change = {
        name: None if name in never and value == 0 else value
        for name, value in given.items()
        if value is not None
    }
    _change(slug, change, data_dir, as_json=as_json)


@app.command("form")
def set_form(
    slug: Slug,
    name_required: Annotated[bool | None, typer.Option(help="Whether a comment needs a name.")] = None,
    email_required: Annotated[bool | None, typer.Option(help="Whether it needs an e-mail address.")] = None,
    website_shown: Annotated[bool | None, typer.Option(help="Whether the form asks for a website.")] = None,
    comment_first: Annotated[bool | None, typer.Option(help="Whether the form begins with it.")] = None,
    consent_text: Annotated[
        str | None, typer.Option(help='What authors must agree to, [the link] in brackets; "": nothing.')
    ] = None,
    consent_url: Annotated[str | None, typer.Option(help='Where the link leads; "": there is none.')] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change some of what a site's form asks; what is not named stays as it is."""
    given = {
        "name_required": name_required,
        "email_required": email_required,
        "website_shown": website_shown,
        "comment_first": comment_first,
        "consent_text": consent_text,
        "consent_url": consent_url,
    }
    change = {name: None if value == "" else value for name, value in given.items() if value is not None}
    _change(slug, change, data_dir, as_json=as_json)


def _change(slug: str, change: Mapping[str, object], data_dir: DataDir, *, as_json: bool) -> None:
    async def work() -> StoredSettings:
        async with context(settings_of(data_dir)) as ctx:
            return await change_site(ctx, slug, change, actor=ACTOR)

    answer = asdict(run(work()).settings)
    lines = [f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in answer.items()]
    say(answer, "\n".join(lines), as_json=as_json)


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


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "–" if value is None else str(value)
