"""What a comment must fulfil to pass the filters of the queue, as one text of SQL and its parameters.

The text is part of several statements, which find comments in different ways and ask the same of each. A
parameter that is null asks nothing. What is to be decided unseen must not be found by its bill, so to
every filter it looks as if it had none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.ids import first_id
from service.model.queue import Filters

FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=(1 << 128) - 1)


# What the conditions read of table comment, as `q`.
_COLUMNS: Final = """q.site_id, q.id, q.status, q.page_id, q.severity, q.assigned_to, q.escalated_at,
       q.open_reports, q.edited_at, q.appealed_at, q.due_at, q.reason, q.network, q.gone_at,
       q.unseen AND q.status = 'pending' AS blind,
       CASE WHEN q.unseen AND q.status = 'pending' THEN 0 ELSE q.score END AS seen_score"""
# Of those columns, as `c`; the parameters are $1 to $22. Where a comment's own rows of another table are
# asked, it is by `= ANY`, not `EXISTS`, which the planner may turn into one scan of that whole table.
_CONDITIONS: Final = """
       c.gone_at IS NULL
   AND c.site_id = ANY($1::integer[])
   AND c.id > $2::uuid AND c.id < $3::uuid
   AND ($4::text IS NULL OR c.status = $4)
   AND ($5::uuid IS NULL OR c.page_id = $5)
   AND ($6::smallint IS NULL OR (c.severity >= $6 AND NOT c.blind))
   AND ($7::double precision IS NULL OR c.seen_score >= $7)
   AND ($8::double precision IS NULL OR c.seen_score <= $8)
   AND ($9::text IS NULL OR (NOT c.blind AND $9 = ANY (
        SELECT g.name FROM signal g WHERE g.site_id = c.site_id AND g.comment_id = c.id)))
   AND ($10::text IS NULL OR coalesce(c.assigned_to, '') = $10)
   AND ($11::boolean IS NULL OR (c.escalated_at IS NOT NULL) = $11)
   AND ($12::boolean IS NULL OR (c.open_reports > 0) = $12)
   AND ($13::boolean IS NULL OR (c.edited_at IS NOT NULL) = $13)
   AND ($14::boolean IS NULL OR (c.appealed_at IS NOT NULL) = $14)
   AND ($15::boolean IS NULL OR (c.due_at < now()) = $15)
   AND ($16::text IS NULL OR c.reason = $16)
   AND ($17::text IS NULL OR $17 = (
        SELECT d.decided_by FROM decision d WHERE d.site_id = c.site_id AND d.comment_id = c.id
         ORDER BY d.version DESC LIMIT 1))
   AND ($18::bytea IS NULL OR c.network = $18)
   AND ($19::bytea IS NULL OR $19 = ANY (
        SELECT k.digest FROM contact k WHERE k.site_id = c.site_id AND k.comment_id = c.id))
   AND ($20::text IS NULL OR coalesce(
        (SELECT x.words FROM search x WHERE x.site_id = c.site_id AND x.comment_id = c.id),
        (SELECT words_of(t.name, t.text) FROM comment t WHERE t.site_id = c.site_id AND t.id = c.id))
        @@ $20::tsquery)
   AND ($21::text IS NULL OR NOT EXISTS (
        SELECT FROM lease l WHERE l.site_id = c.site_id AND l.comment_id = c.id
           AND l.expires_at > now() AND l.holder <> $21))
   AND ($21::text IS NULL OR c.appealed_at IS NULL OR $21 IS DISTINCT FROM (
        SELECT d.decided_by FROM decision d
         WHERE d.site_id = c.site_id AND d.comment_id = c.id AND d.decided_at <= c.appealed_at
               AND NOT d.automatic
         ORDER BY d.version DESC LIMIT 1))
   AND ($22::uuid[] IS NULL OR c.id <> ALL($22))
"""


def completed(sql: str) -> str:
    """The statement with its `{columns}` and its `{conditions}` put in."""
    return sql.replace("{columns}", _COLUMNS).replace("{conditions}", _CONDITIONS)


@dataclass(frozen=True, slots=True)
class Sought:
    """Filters with everything looked up that they name.

    `author` and `network` are digests, each of one site; `words` is a tsquery; `me` is who asks; `without`
    are ids to leave out.
    """

    filters: Filters
    site_ids: Sequence[int]
    me: str
    author: bytes | None = None
    network: bytes | None = None
    words: str | None = None
    without: Sequence[UUID] | None = None

    def span(self) -> tuple[UUID, UUID]:
        """Between which ids comments were sent that are neither too old nor too new."""
        after, before = self.filters.after, self.filters.before
        low = first_id(int(after.timestamp() * 1000)).int - 1 if after else FIRST.int
        high = first_id(int(before.timestamp() * 1000)).int if before else LAST.int
        return UUID(int=max(low, 0)), UUID(int=high)

    def parameters(self, low: UUID, high: UUID) -> list[object]:
        """The conditions' parameters, with ids between these two."""
        wanted = self.filters
        return [
            list(self.site_ids),
            low,
            high,
            wanted.status.value if wanted.status else None,
            wanted.page,
            wanted.severity,
            wanted.score_from,
            wanted.score_to,
            wanted.reason,
            wanted.assigned_to,
            wanted.escalated,
            wanted.reported,
            wanted.edited,
            wanted.appealed,
            wanted.overdue,
            wanted.rejected_as.value if wanted.rejected_as else None,
            wanted.decided_by,
            self.network,
            self.author,
            self.words,
            self.me if wanted.available else None,
            list(self.without) if self.without is not None else None,
        ]
