"""X13: a backup that is brought back after comments came and were erased since."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import asyncpg
import httpx2

from faults.load import PAGES, SITE
from faults.play import Found, How, experiment
from faults.stage import ORIGIN, Stage, stage
from service.app import open_context
from service.cli.archive import back_up, read_manifest
from service.embedded import Purpose, embedded_postgres
from service.model.email import parse_email
from service.settings import Settings
from service.store import sites
from service.usecases.erase import erase

_ERASED: Final = 5
_AT_ONCE: Final = 10
_LEFT: Final = "SELECT text FROM comment WHERE text <> ''"


@experiment("X13", "a backup is restored, and comments came and were erased since")
async def x13(home: Path, how: How) -> Found:
    """Its comments are back, and those that were erased since are gone before anything is served."""
    saved, since = (10, 10) if how.short else (100, 100)
    file = home / "saved" / "one.dump"
    with stage(home) as service:
        await service.furnish()
        await _send(service, range(saved))
        async with embedded_postgres(service.data_dir, purpose=Purpose.COMMAND) as server:
            made = await back_up(server.owner_dsn, file, lambda _sentence: None)
            await _send(service, range(saved, saved + since))
            await _erase(service, server.app_dsn)
        if not how.short:
            refused = await _command("restore", file, service)
            assert "already running" in refused.stderr, "it was restored under a running service"
    restored = json.loads((await _command("restore", file, service)).stdout)
    assert (restored["comments"], restored["erased_again"]) == (saved, _ERASED)
    before = read_manifest(Path(restored["before"])).tables["comment"].rows
    assert before == saved + since, "what was there before was not kept"
    assert await _numbers(service) == set(range(_ERASED, saved)), "other comments than those of the backup"
    verified = json.loads((await _command("verify-backup", file, service)).stdout)
    assert (verified["opened"], verified["tried"], verified["comments"]) == (saved, saved, saved)
    return {"saved": made.tables["comment"].rows, "since": since, "erased_again": restored["erased_again"]}


async def _send(service: Stage, numbers: range) -> None:
    """Comments of so many people."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def send(client: httpx2.AsyncClient, number: int) -> None:
        text = f"Number {number} says something of its own."
        given = {"page": PAGES[0], "name": "Bilal", "email": _address(number), "text": text}
        async with free:
            answer = await client.post(f"{SITE}/submissions", json=given, headers={"Origin": ORIGIN})
        assert answer.status_code == 202, answer.text

    async with httpx2.AsyncClient(base_url=service.url, timeout=30) as client:
        await asyncio.gather(*(send(client, number) for number in numbers))


def _address(number: int) -> str:
    return f"reader-{number}@example.com"


async def _erase(service: Stage, dsn: str) -> None:
    """Erase the first few people, as the command does."""
    async with open_context(Settings(data_dir=service.data_dir), dsn) as ctx:
        async with ctx.db.read() as conn:
            everywhere = await sites.every(conn)
        for number in range(_ERASED):
            done = await erase(ctx, everywhere, parse_email(_address(number)), actor="faults")
            assert done.comments == 1


async def _numbers(service: Stage) -> set[int]:
    """Which comments the database has; nobody but us has started it."""
    async with embedded_postgres(service.data_dir, purpose=Purpose.COMMAND) as server:
        conn = await asyncpg.connect(server.admin_dsn)
        try:
            return {int(row["text"].split()[1]) for row in await conn.fetch(_LEFT)}
        finally:
            await conn.close()


async def _command(name: str, file: Path, service: Stage) -> "subprocess.CompletedProcess[str]":
    where = ["--data-dir", str(service.data_dir), "--json"]
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "service", name, str(file), *where],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
