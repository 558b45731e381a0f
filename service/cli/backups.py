"""`greenroom backup`, `greenroom restore` and `greenroom verify-backup`."""

import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console

from service.app import open_context, prepare_keys, prepare_schema
from service.cli.archive import (
    BackupUnusable,
    Manifest,
    Tell,
    back_up,
    bring_back,
    default_name,
    read_manifest,
    require_keys,
)
from service.cli.options import AsJson, DataDir, settings_of
from service.cli.runtime import NoDatabase, Servers, database, run, say
from service.embedded import Purpose, embedded_postgres
from service.settings import Settings
from service.store import backups
from service.store.schema import installed_version
from service.vault import CannotOpen, KeyFile, Vault

_SAMPLE: Final = 200
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup; its manifest is FILE.json.")]


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where to; unset: the folder of backups, by the time."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole database into a file, while the service runs or not. Addresses stay sealed in it."""
    settings = settings_of(data_dir)
    target = file or default_name(settings.own_backups)
    if target.exists():
        raise BackupUnusable(f"{target} is there already. Choose another name.")

    async def work(tell: Tell) -> Manifest:
        async with _reachable(settings, Purpose.COMMAND) as servers:
            return await back_up(servers.owner_dsn, target, tell)

    with _telling() as tell:
        made = run(work(tell))
    answer: dict[str, object] = {"file": str(target), "bytes": made.bytes, **_counts(made)}
    sentence = (
        f"Wrote {target}: {_counts(made)['comments']} comments, {made.bytes:,} bytes. The key ring is not in "
        f"it: keep a copy of {settings.own_key_file} and of {settings.own_ledger} somewhere else."
    )
    say(answer, sentence, as_json=as_json)


def restore(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the database. What is there now is backed up first."""
    settings = settings_of(data_dir)
    manifest = read_manifest(file)
    require_keys(manifest, settings.own_key_file)
    if not yes and sys.stdin.isatty():
        question = f"Replace the database by the one of {manifest.made_at}?"
        typer.confirm(question, abort=True, err=True)

    async def work(tell: Tell) -> tuple[Path | None, int]:
        async with _reachable(settings, Purpose.SERVE) as servers:
            await _refuse_while_used(servers)
            before = await _keep_what_is_there(settings, servers, tell)
            await bring_back(file, manifest, servers.owner_dsn, tell)
            return before, await _make_ready(settings, servers, tell)

    with _telling() as tell:
        before, erased = run(work(tell))
    answer: dict[str, object] = {
        "before": before and str(before),
        "erased_again": erased,
        **_counts(manifest),
    }
    sentence = f"Restored {_counts(manifest)['comments']} comments as of {manifest.made_at}."
    if erased:
        sentence += f" {erased} of them had been erased since and were erased again."
    if before:
        sentence += f" What was there before is in {before}."
    say(answer, sentence, as_json=as_json)


def verify_backup(file: File, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Restore a backup into a database of its own, compare every table, and open some addresses."""
    settings = settings_of(data_dir)
    manifest = read_manifest(file)

    async def work(tell: Tell) -> tuple[int, int]:
        with tempfile.TemporaryDirectory(prefix="greenroom-verify-") as folder:
            async with embedded_postgres(Path(folder), purpose=Purpose.SERVE) as scratch:
                await bring_back(file, manifest, scratch.owner_dsn, tell)
                return await _opened(settings, scratch.owner_dsn)

    with _telling() as tell:
        opened, tried = run(work(tell))
    answer: dict[str, object] = {"tables": len(manifest.tables), "opened": opened, "tried": tried}
    sentence = (
        f"{file} is good: all {len(manifest.tables)} tables came back as they were, and {opened} of {tried} "
        "sampled addresses open with the key ring at hand."
    )
    say(answer | _counts(manifest), sentence, as_json=as_json)
    if opened < tried:
        raise typer.Exit(1)


@asynccontextmanager
async def _reachable(settings: Settings, purpose: Purpose) -> AsyncIterator[Servers]:
    try:
        async with database(settings, purpose) as servers:
            yield servers
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise NoDatabase(type(error).__name__) from None


async def _refuse_while_used(servers: Servers) -> None:
    conn = await asyncpg.connect(servers.owner_dsn, timeout=5)
    try:
        used = await backups.in_use(conn)
    finally:
        await conn.close()
    if used:
        raise BackupUnusable("A service is connected to this database. Stop it, and restore then.")


async def _keep_what_is_there(settings: Settings, servers: Servers, tell: Tell) -> Path | None:
    if not await installed_version(servers.owner_dsn):
        return None
    target = default_name(settings.own_backups)
    await back_up(servers.owner_dsn, target, tell)
    return target


async def _make_ready(settings: Settings, servers: Servers, tell: Tell) -> int:
    """Lead the database to this release, and hold it to the ledger; gives how many comments went again."""
    tell("Looking for what was erased since")
    await prepare_schema(servers.owner_dsn, servers.app_dsn)
    prepare_keys(settings)
    conn = await asyncpg.connect(servers.owner_dsn, timeout=5)
    try:
        before = await backups.count_contacts(conn)
        async with open_context(settings, servers.app_dsn):
            return before - await backups.count_contacts(conn)
    finally:
        await conn.close()


async def _opened(settings: Settings, dsn: str) -> tuple[int, int]:
    """Of some sealed addresses, how many open, and how many were tried."""
    conn = await asyncpg.connect(dsn, timeout=5)
    try:
        rows = await backups.sample(conn, _SAMPLE)
    finally:
        await conn.close()
    vault = Vault(KeyFile(settings.own_key_file).keys)
    opened = 0
    for site_id, comment_id, sealed in rows:
        try:
            vault.open(sealed, site_id=site_id, comment_id=comment_id)
            opened += 1
        except CannotOpen:
            continue
    return opened, len(rows)


def _counts(manifest: Manifest) -> dict[str, int]:
    return {
        "comments": manifest.tables["comment"].rows,
        "rows": sum(t.rows for t in manifest.tables.values()),
    }


@contextmanager
def _telling() -> Iterator[Tell]:
    """What goes on, on the error stream, one line that changes."""
    with Console(stderr=True).status("Opening the database") as status:
        yield status.update
