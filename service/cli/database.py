"""`greenroom migrate` and `greenroom openapi`."""

import sys

import asyncpg

from service.app import prepare_schema
from service.cli.options import AsJson, DataDir, settings_of
from service.cli.runtime import NoDatabase, database, run, say
from service.embedded import Purpose
from service.web.http.openapi import text
from service.web.routes import ENDPOINTS


def migrate(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Bring the database's schema to this release's version."""

    async def work() -> tuple[int, int]:
        async with database(settings_of(data_dir), Purpose.COMMAND) as servers:
            try:
                return await prepare_schema(servers.owner_dsn, servers.app_dsn)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                raise NoDatabase(type(error).__name__) from None

    before, after = run(work())
    sentence = (
        f"The schema is at version {after}." if before == after else f"From version {before} to {after}."
    )
    say({"before": before, "after": after}, sentence, as_json=as_json)


def openapi() -> None:
    """Print the API's description (OpenAPI 3.1)."""
    sys.stdout.write(text(ENDPOINTS))
