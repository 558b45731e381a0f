"""What is kept of a person, for their own eyes: comments with all that follows from them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from service.store.database import Connection

# Who decided is somebody else's name, and so is who replied or reported: none of it is here.
COMMENTS: Final = """
SELECT jsonb_strip_nulls(jsonb_build_object(
           'id', c.id, 'page', p.url, 'page_title', p.title, 'reply_to', c.parent_id,
           'name', c.name, 'website', c.website, 'text', c.text, 'appeal', c.appeal, 'status', c.status,
           'reason', c.reason,
           'created_at', c.created_at, 'edited_at', c.edited_at, 'second_look_asked_at', c.appealed_at,
           'network_digest_kept', c.network IS NOT NULL, 'address_kept', true,
           'reports', (SELECT count(*) FROM report r WHERE r.site_id = c.site_id AND r.comment_id = c.id),
           'consent', (SELECT jsonb_build_object('wording', o.wording, 'url', o.url, 'given_at', o.given_at)
                         FROM consent o
                        WHERE o.site_id = c.site_id AND o.comment_id = c.id),
           'screening', jsonb_build_object(
               'score', c.score, 'advice', c.verdict,
               'found', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                    'filter', g.name, 'points', round((g.strength * g.weight)::numeric, 2),
                                    'says', g.sentence) ORDER BY g.position), '[]')
                           FROM signal g
                          WHERE g.site_id = c.site_id AND g.comment_id = c.id)),
           'earlier_texts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                        'text', v.text, 'until', v.replaced_at) ORDER BY v.version), '[]')
                               FROM revision v
                              WHERE v.site_id = c.site_id AND v.comment_id = c.id),
           'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                    'action', d.action, 'reason', d.reason, 'at', d.decided_at,
                                    'automatic', d.automatic) ORDER BY d.version), '[]')
                           FROM decision d
                          WHERE d.site_id = c.site_id AND d.comment_id = c.id))) AS kept
  FROM comment c
  JOIN page p ON p.site_id = c.site_id AND p.id = c.page_id
 WHERE c.site_id = $1 AND c.id = ANY($2::uuid[])
 ORDER BY c.id
"""
RULES: Final = """
SELECT jsonb_build_object('action', action, 'reason', reason, 'made_at', made_at, 'until',
                          coalesce(ended_at, expires_at)) AS kept
  FROM rule
 WHERE site_id = $1 AND kind = 'author' AND value = ANY($2::text[])
 ORDER BY id
"""


async def comments(conn: Connection, site_id: int, ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """These comments as their author may see them, by id."""
    return [json.loads(row["kept"]) for row in await conn.fetch(COMMENTS, site_id, list(ids))]


async def rules(conn: Connection, site_id: int, digests: Sequence[bytes]) -> list[Mapping[str, Any]]:
    """The rules of a site that are about an author with such an address."""
    found = await conn.fetch(RULES, site_id, [digest.hex() for digest in digests])
    return [json.loads(row["kept"]) for row in found]
