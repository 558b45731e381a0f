"""What readers see: approved comments, and nothing that could tell their authors apart from their names."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.comments import PublishedComment
from service.store.database import Connection

PAGE: Final = """
SELECT c.id, c.parent_id, c.root_id, c.name, c.website, c.text, c.created_at, p.name AS parent_name
  FROM comment c
  LEFT JOIN comment p
    ON p.site_id = c.site_id AND p.id = c.parent_id AND p.status = 'approved'
 WHERE c.site_id = $1
   AND c.page_id = $2
   AND c.status = 'approved'
   AND (c.root_id, c.id) > ($3, $4)
 ORDER BY c.root_id, c.id
 LIMIT $5
"""


async def page(
    conn: Connection, site_id: int, page_id: UUID, after: tuple[UUID, UUID], limit: int
) -> Sequence[PublishedComment]:
    """Up to `limit` approved comments after (root id, id), exchange by exchange, oldest first.

    A comment whose parent is not shown any more has no `parent_name`.
    """
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
        )
        for row in await conn.fetch(PAGE, site_id, page_id, *after, limit)
    ]
