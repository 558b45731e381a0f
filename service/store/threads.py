"""What readers see: approved comments, and nothing that could tell their authors apart from their names."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.comments import Order, PublishedComment
from service.store.database import Connection

# A tombstone is shown as long as something that is published stands below it. The parent's name is looked up
# row by row: joined, a planner may read the whole table for it.
_SHOWN: Final = """ c.id, c.parent_id, c.root_id, c.name, c.website, c.text, c.created_at,
       c.gone_at IS NOT NULL AS removed,
       (SELECT p.name
          FROM comment p
         WHERE p.site_id = c.site_id AND p.id = c.parent_id AND p.status = 'approved' AND p.gone_at IS NULL
       ) AS parent_name
  FROM comment c
 WHERE c.site_id = $1
   AND c.page_id = $2
   AND c.status = 'approved'
   AND {after}
   AND (c.gone_at IS NULL OR EXISTS (
        WITH RECURSIVE below AS (
            SELECT r.id, r.gone_at
              FROM comment r
             WHERE r.site_id = c.site_id AND r.parent_id = c.id AND r.status = 'approved'
             UNION ALL
            SELECT r.id, r.gone_at
              FROM below b
              JOIN comment r ON r.site_id = c.site_id AND r.parent_id = b.id AND r.status = 'approved'
             WHERE b.gone_at IS NOT NULL)
        SELECT FROM below WHERE gone_at IS NULL))
 ORDER BY {order}
 LIMIT $5
"""
OLDEST: Final = "SELECT" + _SHOWN.format(after="(c.root_id, c.id) > ($3, $4)", order="c.root_id, c.id")
# Exchanges from the newest on, and each of them from its beginning.
NEWEST: Final = "SELECT" + _SHOWN.format(
    after="c.root_id <= $3 AND (c.root_id < $3 OR c.id > $4)", order="c.root_id DESC, c.id"
)
# From where a page shows the comment $3: up to nine places before it in its exchange, so that it is not
# torn out of it; from nowhere if the first $4 comments have it.
_AROUND: Final = """ wanted AS (
    SELECT root_id, id
      FROM comment
     WHERE site_id = $1 AND page_id = $2 AND id = $3 AND status = 'approved')
SELECT c.root_id, c.id
  FROM wanted w
  JOIN comment c
    ON c.site_id = $1 AND c.page_id = $2 AND c.root_id = w.root_id AND c.id <= w.id AND c.status = 'approved'
 WHERE $4 <= (SELECT count(*)
                FROM (SELECT
                        FROM wanted w
                        JOIN comment e
                          ON e.site_id = $1 AND e.page_id = $2 AND e.status = 'approved' AND {before}
                       LIMIT $4) earlier)
 ORDER BY c.id DESC
 LIMIT least(10, $4)
"""
AROUND_OLDEST: Final = "WITH" + _AROUND.format(before="(e.root_id, e.id) < (w.root_id, w.id)")
AROUND_NEWEST: Final = "WITH" + _AROUND.format(
    before="e.root_id >= w.root_id AND (e.root_id > w.root_id OR e.id < w.id)"
)

_FIRST: Final = {
    Order.OLDEST: (UUID(int=0), UUID(int=0)),
    Order.NEWEST: (UUID(int=2**128 - 1), UUID(int=2**128 - 1)),
}


async def page(
    conn: Connection,
    site_id: int,
    page_id: UUID,
    after: tuple[UUID, UUID] | None,
    limit: int,
    order: Order = Order.OLDEST,
) -> Sequence[PublishedComment]:
    """Up to `limit` approved comments after (root id, id), exchange by exchange in this order.

    A comment whose parent is not shown any more, or was removed, has no `parent_name`.
    """
    statement = OLDEST if order is Order.OLDEST else NEWEST
    return [
        PublishedComment(
            id=row["id"],
            parent_id=row["parent_id"],
            parent_name=row["parent_name"],
            root_id=row["root_id"],
            name=row["name"],
            website=row["website"],
            text=row["text"],
            created_at=row["created_at"],
            removed=row["removed"],
        )
        for row in await conn.fetch(statement, site_id, page_id, *(after or _FIRST[order]), limit)
    ]


async def before(
    conn: Connection, site_id: int, page_id: UUID, comment_id: UUID, limit: int, order: Order
) -> tuple[UUID, UUID] | None:
    """After which (root id, id) a page of `limit` comments begins that has this one in it.

    None where that is the first page, and for a comment that is not published here.
    """
    statement = AROUND_OLDEST if order is Order.OLDEST else AROUND_NEWEST
    rows = await conn.fetch(statement, site_id, page_id, comment_id, limit)
    # Keys begin after what they name, so this one is just below the first comment to show.
    return (rows[-1]["root_id"], UUID(int=rows[-1]["id"].int - 1)) if rows else None
