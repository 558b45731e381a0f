"""`greenroom keys …`"""

import asyncio

import typer
from rich.console import Console
from rich.progress import Progress

from service.cli.options import ACTOR, AsJson, DataDir, settings_of
from service.cli.runtime import context, run, say
from service.settings import Settings
from service.usecases.keys import check_keys, count_due, reseal
from service.vault import KeyFile

app = typer.Typer(no_args_is_help=True, help="The keys that seal e-mail addresses.")


@app.command()
def rotate(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make a new key and seal every stored address with it. Older keys stay, for older backups."""
    settings = settings_of(data_dir)
    done, lost, left, newest = run(_rotate(settings))
    answer: dict[str, object] = {"key": newest, "resealed": done, "unreadable": lost, "left": left}
    sentence = f"Key {newest} seals now; {done} addresses were sealed anew, {left} are left under older keys."
    if lost:
        sentence += f" {lost} could not be opened with the keys at hand and were left as they are."
    say(answer, sentence, as_json=as_json)
    if left:
        raise typer.Exit(1)


async def _rotate(settings: Settings) -> tuple[int, int, int, int]:
    async with context(settings) as ctx:
        keys = KeyFile(settings.own_key_file)
        newest = keys.rotate().id
        # Running services look at the file twice a second: after this pause all seal with the new key.
        await asyncio.sleep(2 * KeyFile.settle_seconds)
        await check_keys(ctx)
        total = await count_due(ctx)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Sealing", total=total)
            done, lost = await reseal(
                ctx, actor=ACTOR, on_progress=lambda done: progress.update(bar, completed=done)
            )
        return done, lost, await count_due(ctx), newest
