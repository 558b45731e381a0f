"""A long queue in a few seconds: pending comments written past screening, for tests and measurements."""

import asyncio
from pathlib import Path
from threading import Thread
from typing import Final

import asyncpg

from service.embedded import Purpose, embedded_postgres

FILL: Final = """
WITH made AS (
    INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict, created_at)
    SELECT s.id, n.id, p.id, n.id, 0, 'Reader ' || n.number,
           'Comment ' || n.number || ' of a long queue. The ferry is late again and nobody at the harbour '
           || 'office answers; see https://ferry.example for what they promised in spring.',
           (n.number % 70) / 10.0, 'hold', now() - interval '1 hour'
      FROM (SELECT number, uuidv7() AS id FROM generate_series(1, $2::integer) AS g(number)) AS n,
           site s,
           LATERAL (SELECT id FROM page WHERE site_id = s.id LIMIT 1) AS p
     WHERE s.slug = $1
    RETURNING site_id, id)
INSERT INTO signal (site_id, comment_id, position, name, strength, weight, sentence, spans, evidence)
SELECT site_id, id, 1, 'links', 0.5, 1.2, 'One link to another site.',
       '[["text", 90, 112]]', '["ferry.example"]'
  FROM made
"""
FORGET: Final = "DELETE FROM comment WHERE status = 'pending'"
STORED: Final = """
SELECT name || ': ' || action || coalesce(' ' || d.reason, '')
  FROM decision d JOIN comment c ON c.site_id = d.site_id AND c.id = d.comment_id
 ORDER BY d.decided_at, d.id
"""


def query(data_dir: Path, sql: str, *arguments: object) -> list[str]:
    """The first column of what a statement gives, as the owner of the tables.

    In a thread of its own, because the browser's driver keeps the event loop of the caller's.
    """
    found: list[str] = []

    async def run() -> None:
        async with embedded_postgres(data_dir, purpose=Purpose.COMMAND) as server:
            conn = await asyncpg.connect(server.owner_dsn)
            try:
                found.extend(row[0] for row in await conn.fetch(sql, *arguments, timeout=120))
            finally:
                await conn.close()

    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the caller is
            failed.append(error)

    thread = Thread(target=guarded)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found


def fill(data_dir: Path, site: str, count: int) -> None:
    """So many pending comments on a site that has a page already."""
    query(data_dir, FILL, site, count)
