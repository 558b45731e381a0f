"""Published comments whose authors asked to be forgotten and whose texts stay, tied to nobody."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.screening.candidate import Words
from service.store.database import Connection

PUBLISHED: Final = """
SELECT id, text, name, website
  FROM comment
 WHERE site_id = $1 AND id = ANY($2::uuid[]) AND status = 'approved' AND gone_at IS NULL
"""
# No time is written down: one that many comments share would say that they are by the same person. Of reports
# the fact stays, because the text does. Nobody's decision, so that it teaches nothing.
ANONYMISE: Final = """
WITH contacts AS (
    DELETE FROM contact WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), consents AS (
    DELETE FROM consent WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), revisions AS (
    DELETE FROM revision WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), signals AS (
    DELETE FROM signal WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), links AS (
    DELETE FROM link WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), likenesses AS (
    DELETE FROM likeness WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), lessons AS (
    DELETE FROM lesson WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
), reports AS (
    UPDATE report SET note = NULL WHERE site_id = $1 AND comment_id = ANY($2::uuid[])
)
UPDATE comment
   SET name = $3, website = NULL, facts = '{}', learned = NULL, network = NULL, campaign_id = NULL,
       recheck_at = NULL, appeal = NULL, decided_by = NULL, anonymised = true, version = version + 1
 WHERE site_id = $1 AND id = ANY($2::uuid[])
"""


async def published(conn: Connection, site_id: int, ids: Sequence[UUID]) -> dict[UUID, Words]:
    """What those of these comments say that readers see."""
    rows = await conn.fetch(PUBLISHED, site_id, list(ids))
    return {row["id"]: Words(row["text"], row["name"], row["website"]) for row in rows}


async def anonymise(conn: Connection, site_id: int, ids: Sequence[UUID], called: str) -> None:
    """Cut what ties these comments, whose rows this transaction holds, to their author and one another."""
    await conn.execute(ANONYMISE, site_id, list(ids), called)
