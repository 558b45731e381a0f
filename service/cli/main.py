"""Every command, gathered."""

import sys

import typer

from service import __version__
from service.cli import (
    backups,
    database,
    demo,
    floods,
    keys,
    learner,
    pages,
    people,
    policy,
    privacy,
    rehearse,
    replay,
    screen,
    serve,
    sites,
    terms,
    tokens,
)
from service.embedded import EmbeddedPostgresError
from service.errors import FieldRefused, ServiceError
from service.logs import set_up

app = typer.Typer(
    name="greenroom",
    help="Comment moderation: comments wait here until a moderator lets them go on air.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(demo.demo)
app.add_typer(sites.app, name="site")
app.add_typer(pages.app, name="page")
app.add_typer(people.app, name="moderator")
app.add_typer(tokens.app, name="token")
app.add_typer(keys.app, name="keys")
app.add_typer(privacy.app, name="privacy")
app.add_typer(floods.app, name="flood")
app.add_typer(policy.app, name="policy")
app.add_typer(terms.app, name="term")
app.command()(rehearse.rehearse)
app.command()(screen.screen)
app.command()(learner.relearn)
app.command()(database.migrate)
app.command()(database.openapi)
app.command()(backups.backup)
app.command()(backups.restore)
app.command("verify-backup")(backups.verify_backup)
app.command()(replay.replay)


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    # A command's answer is its standard output: what goes on behind it is told on the error stream.
    set_up("warning", "text")
    if version:
        sys.stdout.write(f"greenroom {__version__}\n")
        raise typer.Exit


def main() -> None:
    """Run the command line; a failure is one sentence on the error stream and exit status 1."""
    try:
        app()
    except (ServiceError, EmbeddedPostgresError, FieldRefused) as error:
        sys.stderr.write(f"greenroom: {error}\n")
        sys.exit(1)
