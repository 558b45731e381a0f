"""Tables `site` and `page`."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.asking import Asks, Consent
from service.model.people import Principal
from service.model.screenings import Policy, Verdict
from service.model.sites import PageState, Site, is_slug
from service.store import rules
from service.store.database import Connection

# Automatic is what the owner wants and the brake lets through: a new policy holds until it is measured,
# and so does one that nobody measures.
BY_SLUG: Final = """
SELECT s.id, s.slug, s.origins, s.language, s.close_after_days, s.terms_version, s.respond_hours,
       s.name_required, s.email_required, s.website_shown, s.comment_first, s.consent_text, s.consent_url,
       coalesce(l.version, 0) AS learner_version,
       EXISTS (SELECT FROM flood f
                WHERE f.site_id = s.id
                      AND CASE WHEN f.wanted_until > now() THEN f.wanted ELSE f.tripped END) AS flooded,
       p.version, p.weights, p.approve_at, p.spam_at, p.reject_at, p.target_precision, p.unseen_share,
       ARRAY(SELECT b.action FROM brake b
              WHERE b.site_id = s.id AND b.released AND b.action = ANY(p.automatic)
                    AND b.checked_at >= p.set_at
                    AND b.checked_at > now() - interval '5 minutes') AS automatic,
       (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.id)
          FROM rule r
         WHERE r.site_id = s.id AND r.ended_at IS NULL AND r.expires_at > now()) AS rules
  FROM site s
  JOIN policy p ON p.site_id = s.id AND p.version = s.policy_version
  LEFT JOIN learner l ON l.site_id = s.id
 WHERE s.slug = $1
"""
ALL: Final = """
SELECT s.id, s.slug, s.origins, s.language, s.close_after_days, s.terms_version, s.respond_hours,
       coalesce(l.version, 0) AS learner_version
  FROM site s
  LEFT JOIN learner l ON l.site_id = s.id
 ORDER BY s.slug
"""
IDS: Final = "SELECT id FROM site"
PAGE_STATE: Final = """
SELECT id, approved_count, version, closed_at IS NOT NULL AS closed, created_at
  FROM page
 WHERE site_id = $1 AND id = $2
"""
SET_PAGE_CLOSED: Final = """
INSERT INTO page (site_id, id, url, closed_at)
VALUES ($1, $2, $3, CASE WHEN $4::boolean THEN now() END)
ON CONFLICT (site_id, id)
DO UPDATE SET closed_at = excluded.closed_at, version = page.version + 1
"""
COUNT_APPROVED: Final = """
UPDATE page
   SET approved_count = approved_count + $3, version = version + 1
 WHERE site_id = $1 AND id = $2
"""
COUNTS: Final = """
SELECT id, approved_count
  FROM page
 WHERE site_id = $1 AND id = ANY($2::uuid[])
"""


async def by_slug(conn: Connection, slug: str) -> tuple[Site, Policy] | None:
    """The site of this name with its policy, automatic only as far as the brake allows it."""
    if not is_slug(slug):
        return None
    row = await conn.fetchrow(BY_SLUG, slug)
    return None if row is None else (_site(row), policy_of(row))


def policy_of(row: asyncpg.Record) -> Policy:
    """The policy in a row of table `policy`."""
    return Policy(
        weights=json.loads(row["weights"]),
        approve_at=row["approve_at"],
        spam_at=row["spam_at"],
        reject_at=row["reject_at"],
        automatic=frozenset(map(Verdict, row["automatic"])),
        target_precision=row["target_precision"],
        unseen_share=row["unseen_share"],
        version=row["version"],
    )


async def every(conn: Connection) -> Sequence[Site]:
    """All sites, by name."""
    return [_site(row) for row in await conn.fetch(ALL)]


async def visible(conn: Connection, principal: Principal) -> list[int]:
    """The ids of the sites that this principal works for."""
    if principal.site_ids is not None:
        return sorted(principal.site_ids)
    return [row["id"] for row in await conn.fetch(IDS)]


async def page_state(conn: Connection, site_id: int, page_id: UUID) -> PageState | None:
    """What is known of a page, or None when nobody wrote on it and nobody closed it."""
    row = await conn.fetchrow(PAGE_STATE, site_id, page_id)
    if row is None:
        return None
    return PageState(row["id"], row["approved_count"], row["version"], row["closed"], row["created_at"])


async def set_page_closed(conn: Connection, site_id: int, page_id: UUID, url: str, *, closed: bool) -> None:
    """Close or open a page."""
    await conn.execute(SET_PAGE_CLOSED, site_id, page_id, url, closed)


async def count_approved(conn: Connection, site_id: int, page_id: UUID, change: int) -> None:
    """Add `change` to the page's count of approved comments; readers see a new version of it."""
    await conn.execute(COUNT_APPROVED, site_id, page_id, change)


async def counts(conn: Connection, site_id: int, pages: Sequence[UUID]) -> dict[UUID, int]:
    """How many approved comments each of these pages has; pages without any are left out."""
    return {row["id"]: row["approved_count"] for row in await conn.fetch(COUNTS, site_id, list(pages))}


def _site(row: asyncpg.Record) -> Site:
    days = row["close_after_days"]
    return Site(
        id=row["id"],
        slug=row["slug"],
        origins=frozenset(row["origins"]),
        language=row["language"],
        close_after=None if days is None else timedelta(days=days),
        terms_version=row["terms_version"],
        learner_version=row["learner_version"],
        respond_within=timedelta(hours=row["respond_hours"]),
        rules=rules.from_json(row.get("rules")),
        asks=_asks(row) if "consent_text" in row else Asks(),
        flooded=row.get("flooded", False),
    )


def _asks(row: asyncpg.Record) -> Asks:
    text = row["consent_text"]
    return Asks(
        row["name_required"],
        row["email_required"],
        row["website_shown"],
        row["comment_first"],
        None if text is None else Consent(text, row["consent_url"]),
    )
