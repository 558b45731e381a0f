"""`greenroom relearn`: teach the learner anew, show how good it was, and forget what somebody taught."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from service.cli.options import AsJson, DataDir, SiteName, settings_of
from service.cli.runtime import context, run, say
from service.context import Context
from service.errors import NotFound, SiteNotFound
from service.model.sites import Site
from service.screening.quality import Quality
from service.store import lessons, sites
from service.usecases.learn import learn_site
from service.usecases.learner_report import LearnerReport, report


def relearn(
    site: SiteName = None,
    without: Annotated[
        list[str] | None, typer.Option(help="From now on this moderator's decisions teach nothing.")
    ] = None,
    trust: Annotated[list[str] | None, typer.Option(help="Let this moderator teach again.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Learn from people's decisions anew, and show how good the learner was, week by week."""

    async def work() -> list[tuple[Site, LearnerReport]]:
        async with context(settings_of(data_dir)) as ctx:
            chosen = await _sites(ctx, site)
            await _choose_teachers(ctx, [each.id for each in chosen], without or [], trust or [])
            return [await _relearn(ctx, each) for each in chosen]

    found = run(work())
    answer: dict[str, object] = {
        "sites": [
            {
                "site": here.slug,
                "spam": learner.spam,
                "ham": learner.ham,
                "speaks": learner.speaks,
                "weeks": [{"week": each.week, **_figures(each.quality)} for each in learner.weeks],
            }
            for here, learner in found
        ]
    }
    if as_json:
        say(answer, "", as_json=True)
        return
    for here, learner in found:
        _show(here, learner)


async def _sites(ctx: Context, slug: str | None) -> list[Site]:
    async with ctx.db.read() as conn:
        every = await sites.every(conn)
    chosen = [each for each in every if slug in {None, each.slug}]
    if slug and not chosen:
        raise SiteNotFound(slug)
    return chosen


async def _choose_teachers(ctx: Context, site_ids: list[int], without: list[str], trust: list[str]) -> None:
    async with ctx.db.transaction() as conn:
        for name in without:
            if not await lessons.has_taught(conn, site_ids, name):
                raise NotFound(f"Nobody called {name} decided anything there. Names are as in the decisions.")
            await lessons.distrust(conn, site_ids, name)
        for name in trust:
            await lessons.trust(conn, site_ids, name)


async def _relearn(ctx: Context, here: Site) -> tuple[Site, LearnerReport]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Reading {here.slug}", total=None)
        await learn_site(ctx, here.id, lambda done, of: bar.update(task, completed=done, total=of))
    return here, await report(ctx, here.id)


def _figures(held: Quality) -> dict[str, object]:
    return {
        "comments": held.comments,
        "spam": held.spam,
        "precision": held.precision,
        "recall": held.recall,
        "recall_at_1": held.recall_at_1,
        "calibration_error": held.calibration_error,
    }


def _show(here: Site, found: LearnerReport) -> None:
    state = "it speaks" if found.speaks else "silent until 10 spam and 20 approved"
    sys.stdout.write(
        f"{here.slug}: learned from {found.spam} spam and {found.ham} approved comments; {state}.\n"
    )
    if not found.weeks:
        return
    table = Table("week", "comments", "spam", "precision", "recall", "recall at 1 %", "calibration error")
    for week in found.weeks:
        held = week.quality
        shares = (held.precision, held.recall, held.recall_at_1, held.calibration_error)
        table.add_row(
            week.week, str(held.comments), str(held.spam), *("–" if x is None else f"{x:.2f}" for x in shares)
        )
    Console(file=sys.stdout).print(table)
