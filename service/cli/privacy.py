"""`greenroom privacy …`"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from service.cli.options import ACTOR, AsJson, DataDir, SiteName, settings_of
from service.cli.runtime import context, run, say, site_of
from service.context import Context
from service.errors import FieldRefused
from service.model.email import EmailAddress, parse_email
from service.model.privacy import Erased, Mode
from service.model.sites import Site
from service.store import sites
from service.usecases.erase import erase
from service.usecases.export import as_document, export
from service.web.drawing.privacy import naming_of

app = typer.Typer(
    no_args_is_help=True,
    help="What is kept under an e-mail address, which comes by standard input: arguments can be seen.",
)


@app.command("export")
def export_(
    site: SiteName = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it here, for its owner's eyes alone.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a copy of everything that is kept under the address on standard input, as JSON."""
    email = _address()

    async def work() -> dict[str, object]:
        async with context(settings_of(data_dir)) as ctx:
            found = await export(ctx, await _sites(ctx, site), email, actor=ACTOR)
            return as_document(found, email, ctx.clock())

    text = json.dumps(run(work()), ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    output.touch(mode=0o600)
    output.write_text(text, encoding="utf-8")
    sys.stderr.write(f"Wrote {output}.\n")


@app.command("erase")
def erase_(
    site: SiteName = None,
    mode: Annotated[
        Mode, typer.Option(help="anonymise: texts of published comments stay, tied to nobody.")
    ] = Mode.DELETE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Erase what is kept under the address on standard input, for good."""
    email = _address()
    if not yes and sys.stdin.isatty():
        typer.confirm("Erase every comment of this address for good?", abort=True, err=True)

    async def work() -> Erased:
        async with context(settings_of(data_dir)) as ctx:
            wanted = await _sites(ctx, site)
            with Progress(console=Console(stderr=True), transient=True) as progress:
                bar = progress.add_task("Erasing", total=None)
                return await erase(
                    ctx,
                    wanted,
                    email,
                    actor=ACTOR,
                    naming=naming_of(mode),
                    progress=lambda done: progress.advance(bar, done),
                )

    erased = run(work())
    rows = {name: count for name, count in (erased.rows or {}).items() if count}
    told = ", ".join(f"{count} of {name}" for name, count in rows.items())
    sentence = f"Erased {erased.comments} comments" + (f", and with them {told}." if told else ".")
    if mode is Mode.ANONYMISE:
        sentence += f" The texts of {erased.anonymised} stay, tied to nobody."
    counts = {"comments": erased.comments, "anonymised": erased.anonymised, "rows": rows}
    say(counts, sentence, as_json=as_json)


def _address() -> EmailAddress:
    """The first line of standard input; asked for where a person sits there."""
    if sys.stdin.isatty():
        sys.stderr.write("E-mail address: ")
        sys.stderr.flush()
    line = sys.stdin.readline().strip()
    if not line:
        raise FieldRefused("email.required", "Give the address on standard input.")
    return parse_email(line)


async def _sites(ctx: Context, slug: str | None) -> Sequence[Site]:
    if slug is not None:
        return [await site_of(ctx, slug)]
    async with ctx.db.read() as conn:
        return await sites.every(conn)
