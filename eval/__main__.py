"""`python -m eval FOLDER`: every figure in tables, with what has changed, and as JSON in the last line."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as Printed

from eval import campaigns, learning, quality, speed
from eval.data import Table, WrongData, read
from eval.figures import Figures

BASELINE: Final = Path(__file__).parent / "baseline.json"
# Times differ between machines and runs; a change below this is none.
_NOISE: Final = 0.0005

Report = dict[str, dict[str, Figures]]


def main(
    folder: Annotated[Path, typer.Argument(help="JSON lines, anywhere below; eval/data.py has the shapes.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every figure there as well.")
    ] = None,
    against: Annotated[Path, typer.Option(help="Figures to compare with.")] = BASELINE,
    write_baseline: Annotated[bool, typer.Option(help="Make these the figures to compare with.")] = False,
    full: Annotated[bool, typer.Option(help="Read all of the large corpora, not a part of each.")] = False,
    misses: Annotated[Path | None, typer.Option(help="Write wrongly answered cases there.")] = None,
) -> None:
    """Measure the filters, the learner and the campaigns."""
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder.")
    try:
        tables = read(folder, full=full)
    except WrongData as error:
        raise typer.BadParameter(str(error)) from None
    if not tables:
        raise typer.BadParameter(f"{folder} holds no JSON lines of a shape that eval/data.py knows.")
    structlog.configure(processors=[_drop])
    report = measure(tables)
    before = json.loads(against.read_text(encoding="utf-8")) if against.is_file() else {}
    show(report, before, Console())
    sys.stdout.write(json.dumps(report, sort_keys=True) + "\n")
    written = json.dumps(report, indent=1, sort_keys=True) + "\n"
    for path in (json_file, BASELINE if write_baseline else None):
        if path:
            path.write_text(written, encoding="utf-8")
    if misses:
        wrong = [miss for table in tables for miss in quality.misses(table)]
        misses.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in wrong), "utf-8")


def measure(tables: Sequence[Table]) -> Report:
    """Every figure, by part and topic; tells on the error stream how far it is."""
    parts: list[tuple[str, Callable[[], Mapping[str, Figures]]]] = [
        (f"{table.name} ({table.kind})", lambda table=table: quality.of_table(table))  # type: ignore[misc]
        for table in tables
    ]
    parts += [
        (f"learner, {table.name}", lambda table=table: {"one group left out": learning.leaving_out(table)})  # type: ignore[misc]
        for table in tables
        if learning.has_groups(table)
    ]
    parts += [
        ("learner, simulated site", lambda: learning.curve(tables)),
        ("campaigns", lambda: campaigns.found(tables)),
        ("speed", lambda: speed.milliseconds(tables)),
    ]
    report: Report = {}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(parts))
        for name, run in parts:
            bar.update(task, description=name)
            found = {topic: _rounded(held) for topic, held in run().items() if held}
            if found:
                report[name] = found
            bar.advance(task)
    return report


def show(report: Report, before: Report, console: Console) -> None:
    """Print the figures, each with its change."""
    for name, topics in report.items():
        table = Printed("", "figures", title=name, title_justify="left", show_header=False)
        for topic, held in topics.items():
            old = before.get(name, {}).get(topic, {})
            table.add_row(topic, "  ".join(_told(each, value, old.get(each)) for each, value in held.items()))
        console.print(table)


def _told(name: str, value: float, old: float | None) -> str:
    shown = f"{value:,.0f}" if name == "rows" else f"{value:.2g}" if 0 < value < 0.001 else f"{value:.3f}"
    changed = old is not None and abs(value - old) > _NOISE and not name.endswith("ms")
    return f"{name} {shown}" + (f" ({value - (old or 0):+.3f})" if changed else "")


def _rounded(held: Figures) -> Figures:
    return {name: float(f"{value:.4g}") for name, value in held.items()}


def _drop(_logger: object, _name: str, _event: object) -> str:
    raise structlog.DropEvent


if __name__ == "__main__":
    typer.run(main)
