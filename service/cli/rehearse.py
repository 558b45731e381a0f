"""`greenroom rehearse`: try other rules on what people have decided, before they bite."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from service.cli import rules
from service.cli.options import AsJson, DataDir, Slug, settings_of
from service.cli.rules import ApproveAt, RejectAt, SpamAt, Weights
from service.cli.runtime import context, run, site_of
from service.context import Context
from service.model.rehearsals import Proposal, Rehearsal
from service.model.screenings import Verdict
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.store import policies
from service.usecases.rehearse import rehearse as try_rules
from service.web.api.rehearsals import RehearsalOut

_MOVES = {
    Verdict.APPROVE: "Let through",
    Verdict.HOLD: "Held",
    Verdict.REJECT: "Advised to reject",
}


def rehearse(
    site: Slug,
    last: Annotated[int, typer.Option(min=1, help="On how many decided comments, newest first.")] = 10_000,
    weight: Weights = None,
    approve_at: ApproveAt = None,
    spam_at: SpamAt = None,
    reject_at: RejectAt = None,
    block: Annotated[list[str] | None, typer.Option(help="A term to block. Repeatable.")] = None,
    severity: Annotated[int, typer.Option(min=0, max=3, help="Of the terms to block, if foul.")] = 0,
    allow: Annotated[list[str] | None, typer.Option(help="A term to allow. Repeatable.")] = None,
    unblock: Annotated[list[str] | None, typer.Option(help="A term to block no more. Repeatable.")] = None,
    disallow: Annotated[list[str] | None, typer.Option(help="A term to allow no more. Repeatable.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell what other weights, scores or terms would have made of decided comments. Changes nothing."""
    blocked = [Term(TermKind.BLOCK, each, severity) for each in block or ()]
    allowed = [Term(TermKind.ALLOW, each) for each in allow or ()]
    gone = [(TermKind.BLOCK, each) for each in unblock or ()]
    gone += [(TermKind.ALLOW, each) for each in disallow or ()]
    terms = TermsProposal([*blocked, *allowed], gone)

    async def work() -> Rehearsal:
        async with context(settings_of(data_dir)) as ctx:
            here = await site_of(ctx, site)
            async with ctx.db.read() as conn:
                present = (await policies.current(conn, here.id)).policy
            policy = rules.changed(present, weight, approve_at, spam_at, reject_at)
            return await _with_progress(ctx, here, Proposal(policy, terms), last)

    found = run(work())
    if as_json:
        sys.stdout.write(RehearsalOut.of(found).model_dump_json() + "\n")
    else:
        _show(found)


async def _with_progress(ctx: Context, site: Site, proposal: Proposal, last: int) -> Rehearsal:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Rehearsing", total=None)
        return await try_rules(
            ctx,
            site,
            proposal,
            last=last,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )


def _show(found: Rehearsal) -> None:
    console = Console(file=sys.stdout, highlight=False)
    console.print(f"{found.examined:,} comments that people decided:")
    table = Table("advice", "now", "then")
    for verdict in Verdict:
        table.add_row(verdict.value, f"{found.before[verdict]:,}", f"{found.after[verdict]:,}")
    console.print(table)
    for verdict, move in found.moves.items():
        if not move.comments:
            continue
        told = f"{move.comments:,}; against what people decided: {move.contradicted:,}."
        console.print(f"\n{_MOVES[verdict]} newly: {told}")
        for each in sorted(move.samples, key=lambda each: not each.is_contradiction):
            lines = ", ".join(f"{line.name} {line.before:.1f} → {line.after:.1f}" for line in each.lines)
            mark = "!" if each.is_contradiction else " "
            console.print(
                f"{mark} {each.status.value:<9}{each.score_before:6.1f} → {each.score_after:<6.1f}{lines}\n"
                f"    {each.excerpt.splitlines()[0][:100]}",
                markup=False,
            )
