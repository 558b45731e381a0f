"""How much waits in each view of the queue, counted to a thousand and no further."""

from collections.abc import Sequence
from typing import Final

from service.model.queue import Count
from service.store.database import Connection

MOST: Final = 1_000


def _counting(name: str, where: str, table: str = "comment q") -> str:
    """Each site's index is read to the thousandth entry at most, and so are all of them together."""
    inner = "SELECT FROM {table} WHERE q.site_id = wanted.site_id AND {where} LIMIT 1000"
    outer = "SELECT count(*) FROM (SELECT FROM wanted CROSS JOIN LATERAL ({inner}) f LIMIT 1000) t"
    both = outer.replace("{inner}", inner)
    return f"({both})".replace("{table}", table).replace("{where}", where) + f" AS {name}"


_VIEWS: Final = (
    _counting("pending", "q.status = 'pending'"),
    _counting("mine", "q.status = 'pending' AND q.assigned_to = $2"),
    _counting("escalated", "q.escalated_at IS NOT NULL"),
    _counting("overdue", "q.status = 'pending' AND q.due_at < now()"),
    _counting("edited", "q.status = 'pending' AND q.edited_at IS NOT NULL"),
    _counting("appealed", "q.status = 'pending' AND q.appealed_at IS NOT NULL"),
    _counting("reported", "q.open_reports > 0"),
    _counting("held", "q.holder = $2 AND q.expires_at > now()", "lease q"),
)
BY_VIEW: Final = "WITH wanted AS (SELECT unnest($1::integer[]) AS site_id) SELECT " + ", ".join(_VIEWS)


async def by_view(conn: Connection, site_ids: Sequence[int], me: str) -> dict[str, Count]:
    """The views by name: everything that waits, and what of it is `me`'s, escalated, overdue and so on."""
    row = await conn.fetchrow(BY_VIEW, list(site_ids), me)
    assert row is not None
    return {name: Count(min(found, MOST), found < MOST) for name, found in row.items()}
