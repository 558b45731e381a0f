"""`greenroom term …`"""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import ACTOR, AsJson, DataDir, Slug, settings_of
from service.cli.runtime import context, run, say, site_of
from service.errors import FieldRefused
from service.model.terms import Term, TermKind, TermsProposal
from service.store import terms
from service.usecases.set_terms import TermsChange, set_terms

app = typer.Typer(no_args_is_help=True, help="Words that a site blocks or allows.")
Words = Annotated[list[str] | None, typer.Argument(metavar="TERM…", help="Words or phrases.")]
Kind = Annotated[
    TermKind, typer.Option("--kind", help="Blocked terms speak against a comment, allowed ones for it.")
]
ListFile = Annotated[Path | None, typer.Option("--file", help="A file of terms, one a line.")]


@app.command()
def add(
    site: Slug,
    words: Words = None,
    kind: Kind = TermKind.BLOCK,
    severity: Annotated[int, typer.Option(min=0, max=3, help="1 to 3 for foul words, else 0.")] = 0,
    file: ListFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add terms to a site's lists."""
    wanted = [Term(kind, word, severity) for word in _words(words, file)]

    async def work() -> TermsChange:
        async with context(settings_of(data_dir)) as ctx:
            return await set_terms(ctx, await site_of(ctx, site), TermsProposal(wanted), actor=ACTOR)

    change = run(work())
    answer: dict[str, object] = {"added": change.added, "known": change.known, "version": change.version}
    say(answer, f"Added {change.added} terms; {change.known} were there already.", as_json=as_json)


@app.command()
def remove(
    site: Slug,
    words: Words = None,
    kind: Kind = TermKind.BLOCK,
    file: ListFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take terms off a site's lists."""
    unwanted = [(kind, word) for word in _words(words, file)]

    async def work() -> TermsChange:
        async with context(settings_of(data_dir)) as ctx:
            return await set_terms(ctx, await site_of(ctx, site), TermsProposal(remove=unwanted), actor=ACTOR)

    change = run(work())
    answer: dict[str, object] = {"removed": change.removed, "version": change.version}
    say(answer, f"Removed {change.removed} terms.", as_json=as_json)


@app.command("list")
def list_terms(site: Slug, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List a site's terms."""

    async def work() -> tuple[Term, ...]:
        async with context(settings_of(data_dir)) as ctx:
            here = await site_of(ctx, site)
            async with ctx.db.read() as conn:
                return (await terms.present(conn, here.id))[1]

    found = run(work())
    answer: dict[str, object] = {
        "terms": [{"kind": each.kind, "text": each.text, "severity": each.severity} for each in found]
    }
    lines = [f"{each.kind}  {each.severity}  {each.text}" for each in found]
    say(answer, "\n".join(lines) or "There are no terms yet: greenroom term add SITE WORD", as_json=as_json)


def _words(words: list[str] | None, file: Path | None) -> list[str]:
    found = list(words or ())
    if file:
        try:
            # Some editors begin a file with a mark of its encoding, which is no part of the first term.
            found += file.read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise FieldRefused("terms.file", f"{file} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise FieldRefused("terms.file", f"{file} is not UTF-8; convert it, and try again.") from None
    found = [word.strip() for word in found if word.strip()]
    if not found:
        raise FieldRefused("terms.none", "Name at least one term, or a --file of them.")
    return found
