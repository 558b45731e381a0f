"""Comments that people have decided, as a rehearsal reads them: lean, and page by page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.model.comments import Status
from service.model.decisions import Reason
from service.model.screenings import Axis, Signal
from service.screening.candidate import Words
from service.store.database import Connection

NEWEST: Final = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
COUNT: Final = """
SELECT count(*)
  FROM (SELECT FROM comment WHERE site_id = $1 AND decided_by = 'person' ORDER BY id DESC LIMIT $2) c
"""
PAGE: Final = """
SELECT c.id, c.status, c.reason, c.name, c.website, c.text, c.facts,
       (SELECT jsonb_agg(jsonb_build_array(g.name, g.strength, g.weight, g.axis, g.severity))
          FROM signal g
         WHERE g.site_id = c.site_id AND g.comment_id = c.id) AS lines
  FROM comment c
 WHERE c.site_id = $1 AND c.decided_by = 'person' AND c.id < $2
 ORDER BY c.id DESC
 LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """One comment and what people made of it. `lines` and `facts` are as stored: they are read elsewhere."""

    id: UUID
    status: Status
    reason: Reason | None
    words: Words
    facts: str
    lines: str | None

    def signals(self) -> Sequence[Signal]:
        """The lines of its bill, without sentences, places and quotes."""
        return [
            Signal(name, strength, weight, "", axis=Axis(axis), severity=severity)
            for name, strength, weight, axis, severity in json.loads(self.lines or "[]")
        ]


async def count(conn: Connection, site_id: int, last: int) -> int:
    """How many comments people have decided on this site, at most `last`."""
    return int(await conn.fetchval(COUNT, site_id, last))


async def page(conn: Connection, site_id: int, before: UUID, limit: int) -> Sequence[Decided]:
    """Up to `limit` decided comments older than `before`, newest first."""
    return [
        Decided(
            id=row["id"],
            status=Status(row["status"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            words=Words(row["text"], row["name"], row["website"]),
            facts=row["facts"],
            lines=row["lines"],
        )
        for row in await conn.fetch(PAGE, site_id, before, limit)
    ]
