"""Table `saved_view`: filters that a moderator comes back to."""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from service.errors import Conflict
from service.model.queue import View
from service.store.database import Connection

MOST: Final = 50

OF_MODERATOR: Final = """
SELECT name, query, saved_at
  FROM saved_view
 WHERE moderator_id = $1
 ORDER BY name
"""
SAVE: Final = """
INSERT INTO saved_view (moderator_id, name, query)
SELECT $1, $2, $3
 WHERE (SELECT count(*) FROM saved_view WHERE moderator_id = $1 AND name <> $2) < $4
ON CONFLICT (moderator_id, name) DO UPDATE SET query = excluded.query, saved_at = now()
"""
FORGET: Final = "DELETE FROM saved_view WHERE moderator_id = $1 AND name = $2"


async def of_moderator(conn: Connection, moderator_id: UUID) -> Sequence[View]:
    """Somebody's views, by name."""
    rows = await conn.fetch(OF_MODERATOR, moderator_id)
    return [View(row["name"], json.loads(row["query"]), row["saved_at"]) for row in rows]


async def save(conn: Connection, moderator_id: UUID, name: str, query: Mapping[str, object]) -> None:
    """Save a view, in the place of an older one of the name; `Conflict` where there are fifty others."""
    if await conn.execute(SAVE, moderator_id, name, json.dumps(query), MOST) == "INSERT 0 0":
        raise Conflict(f"There are {MOST} views already. Delete one first.")


async def forget(conn: Connection, moderator_id: UUID, name: str) -> None:
    """Delete a view, if there is one of this name."""
    await conn.execute(FORGET, moderator_id, name)
