"""What the database knows about a submission: a question to several tables, asked before screening."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from service.screening.facts import Record
from service.store.database import Connection

# The latest fifty of each kind are enough to know somebody, and cost the same however many there are.
GATHER: Final = """
WITH from_network AS (
    SELECT id, status, reason
      FROM comment
     WHERE site_id = $1 AND network = $2
     ORDER BY id DESC
     LIMIT 50
), by_author AS (
    SELECT c.status, c.reason
      FROM (SELECT comment_id
              FROM contact
             WHERE site_id = $1 AND digest = ANY($3::bytea[])
             ORDER BY comment_id DESC
             LIMIT 50) t
      JOIN comment c ON c.site_id = $1 AND c.id = t.comment_id
), to_hosts AS (
    SELECT w.host, c.status, c.reason
      FROM unnest($4::text[]) AS w(host)
     CROSS JOIN LATERAL (
           SELECT l.comment_id
             FROM link l
            WHERE l.site_id = $1 AND l.host = w.host
            ORDER BY l.comment_id DESC
            LIMIT 50) t
      JOIN comment c ON c.site_id = $1 AND c.id = t.comment_id
), records AS (
    SELECT 'network' AS kind, '' AS host, status, reason FROM from_network
     UNION ALL
    SELECT 'author', '', status, reason FROM by_author
     UNION ALL
    SELECT 'host', host, status, reason FROM to_hosts
)
SELECT (SELECT count(*) FROM from_network WHERE id >= $6) AS network_recent,
       (SELECT count(*)
          FROM (SELECT FROM comment WHERE site_id = $1 AND page_id = $5 AND id >= $7 LIMIT 100) p
       ) AS page_recent,
       ARRAY(SELECT m.name
               FROM moderator m
              WHERE m.disabled_at IS NULL
                AND (m.all_sites OR EXISTS (
                    SELECT FROM moderator_site w WHERE w.moderator_id = m.id AND w.site_id = $1))
              UNION ALL
             SELECT coalesce(s.title, s.slug) FROM site s WHERE s.id = $1) AS own_names,
       (SELECT p.created_at FROM page p WHERE p.site_id = $1 AND p.id = $5) AS page_since,
       (SELECT q.id
          FROM comment q
         WHERE q.site_id = $1 AND q.page_id = $5 AND q.id < $7
         ORDER BY q.id DESC
         LIMIT 1) AS page_before,
       (SELECT jsonb_agg(to_jsonb(r))
          FROM (SELECT kind, host,
                       count(*) FILTER (WHERE status = 'approved') AS approved,
                       count(*) FILTER (WHERE status = 'rejected' AND reason = 'spam') AS spam,
                       count(*) FILTER (WHERE status = 'rejected' AND reason <> 'spam') AS rejected
                  FROM records
                 GROUP BY kind, host) r
       ) AS records
"""
OF_HOSTS: Final = """
SELECT w.host,
       count(*) FILTER (WHERE c.status = 'approved') AS approved,
       count(*) FILTER (WHERE c.status = 'rejected' AND c.reason = 'spam') AS spam,
       count(*) FILTER (WHERE c.status = 'rejected' AND c.reason <> 'spam') AS rejected
  FROM unnest($2::text[]) AS w(host)
 CROSS JOIN LATERAL (
       SELECT l.comment_id
         FROM link l
        WHERE l.site_id = $1 AND l.host = w.host
        ORDER BY l.comment_id DESC
        LIMIT 50) t
  JOIN comment c ON c.site_id = $1 AND c.id = t.comment_id
 GROUP BY w.host
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask about: digests of the network and the author, hosts, the page, and since when.

    `network_since` and `page_since` are ids: comments with such an id or a later one are recent.
    """

    site_id: int
    network: bytes
    author: Sequence[bytes]
    hosts: Sequence[str]
    page_id: UUID
    network_since: UUID
    page_since: UUID


@dataclass(frozen=True, slots=True)
class Gathered:
    """The answers. `page_before` is the latest comment on the page that is not recent.

    `own_names` are what the site's moderators and the site itself are called.
    """

    network_recent: int
    page_recent: int
    page_since: datetime | None
    page_before: UUID | None
    author: Record
    network: Record
    hosts: dict[str, Record]
    own_names: Sequence[str]


async def gather(conn: Connection, asked: Asked) -> Gathered:
    """What is known about the network, the author, the hosts and the page."""
    row = await conn.fetchrow(
        GATHER,
        asked.site_id,
        asked.network,
        list(asked.author),
        list(asked.hosts),
        asked.page_id,
        asked.network_since,
        asked.page_since,
    )
    assert row is not None
    records = json.loads(row["records"] or "[]")
    by_kind = {each["kind"]: _record(each) for each in records if not each["host"]}
    return Gathered(
        network_recent=row["network_recent"],
        page_recent=row["page_recent"],
        page_since=row["page_since"],
        page_before=row["page_before"],
        author=by_kind.get("author", Record()),
        network=by_kind.get("network", Record()),
        hosts={each["host"]: _record(each) for each in records if each["host"]},
        own_names=row["own_names"],
    )


async def of_hosts(conn: Connection, site_id: int, hosts: Sequence[str]) -> dict[str, Record]:
    """What is known about these hosts alone; those that nothing is known of are left out."""
    rows = await conn.fetch(OF_HOSTS, site_id, list(hosts))
    return {row["host"]: Record(row["approved"], row["spam"], row["rejected"]) for row in rows}


def _record(each: dict[str, Any]) -> Record:
    return Record(each["approved"], each["spam"], each["rejected"])
