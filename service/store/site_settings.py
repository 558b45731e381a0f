"""Table `site` as its owner sees it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from service.errors import AlreadyExists
from service.ids import first_id
from service.model.site_settings import MOST_COUNTED, Consequences, SiteSettings, StoredSettings
from service.store.database import Connection

_COLUMNS: Final = """
SELECT slug, origins, title, language, close_after_days, respond_hours, edit_minutes, review_share,
       keep_rejected_days, keep_contacts_days, name_required, email_required, website_shown, comment_first,
       consent_text, consent_url, settings_version, created_at
  FROM site
"""
READ: Final = f"{_COLUMNS} WHERE id = ANY($1::integer[]) ORDER BY slug"
ADD: Final = """
WITH added AS (
    INSERT INTO site (slug, origins, title, language, close_after_days, respond_hours, edit_minutes,
                      review_share, keep_rejected_days, keep_contacts_days, name_required,
                      email_required, website_shown, comment_first, consent_text, consent_url)
    VALUES ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    RETURNING id
)
INSERT INTO policy (site_id, version, set_by)
SELECT id, 1, $1 FROM added
RETURNING site_id
"""
REPLACE: Final = """
UPDATE site
   SET origins = $3, title = $4, language = $5, close_after_days = $6, respond_hours = $7, edit_minutes = $8,
       review_share = $9, keep_rejected_days = $10, keep_contacts_days = $11, name_required = $12,
       email_required = $13, website_shown = $14, comment_first = $15, consent_text = $16, consent_url = $17,
       settings_version = settings_version + 1
 WHERE id = $1 AND settings_version = $2
RETURNING settings_version
"""
# Counting stops at a limit, so that the answer comes at once however large the site is.
CLOSED_PAGES: Final = """
SELECT count(*)
  FROM (SELECT FROM page
         WHERE site_id = $1 AND closed_at IS NULL AND created_at < now() - $2::interval
               AND ($3::interval IS NULL OR created_at >= now() - $3::interval)
         LIMIT $4) p
"""
EMPTIED_COMMENTS: Final = """
SELECT count(*)
  FROM (SELECT FROM comment
         WHERE site_id = $1 AND id < $2 AND status = 'rejected' AND gone_at IS NULL
         LIMIT $3) c
"""
DELETED_CONTACTS: Final = """
SELECT count(*)
  FROM (SELECT FROM contact WHERE site_id = $1 AND comment_id < $2 LIMIT $3) c
"""


async def add(conn: Connection, slug: str, settings: SiteSettings, actor: str) -> int:
    """Add a site with its first policy and give its id; `AlreadyExists` where the name is taken."""
    try:
        return int(await conn.fetchval(ADD, actor, slug, *_values(settings)))
    except asyncpg.UniqueViolationError:
        raise AlreadyExists(f"There is a site called {slug} already.") from None


async def of_sites(conn: Connection, site_ids: Sequence[int]) -> Sequence[StoredSettings]:
    """The settings of these sites, by name."""
    return [_stored(row) for row in await conn.fetch(READ, list(site_ids))]


async def replace(conn: Connection, site_id: int, settings: SiteSettings) -> int | None:
    """Put these settings in place of version `settings.version`; the new version, None where it is past."""
    found = await conn.fetchval(REPLACE, site_id, settings.version, *_values(settings))
    return None if found is None else int(found)


async def consequences(
    conn: Connection, site_id: int, now: datetime, before: SiteSettings, after: SiteSettings
) -> Consequences:
    """What `after` would close and delete that `before` does not yet."""
    closed = emptied = deleted = 0
    if after.close_after_days is not None:
        spans = _days(after.close_after_days), _days(before.close_after_days)
        closed = await conn.fetchval(CLOSED_PAGES, site_id, *spans, MOST_COUNTED)
    if after.keep_rejected_days is not None:
        until = first_id(_milliseconds(now, after.keep_rejected_days))
        emptied = await conn.fetchval(EMPTIED_COMMENTS, site_id, until, MOST_COUNTED)
    if after.keep_contacts_days is not None:
        until = first_id(_milliseconds(now, after.keep_contacts_days))
        deleted = await conn.fetchval(DELETED_CONTACTS, site_id, until, MOST_COUNTED)
    return Consequences(closed, emptied, deleted)


def _values(settings: SiteSettings) -> Sequence[object]:
    """In the order of both statements."""
    return (
        list(settings.origins),
        settings.title,
        settings.language,
        settings.close_after_days,
        settings.respond_hours,
        settings.edit_minutes,
        settings.review_share,
        settings.keep_rejected_days,
        settings.keep_contacts_days,
        settings.name_required,
        settings.email_required,
        settings.website_shown,
        settings.comment_first,
        settings.consent_text,
        settings.consent_url,
    )


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def _milliseconds(now: datetime, days: int) -> int:
    return int((now - timedelta(days=days)).timestamp() * 1000)


def _stored(row: asyncpg.Record) -> StoredSettings:
    settings = SiteSettings(
        origins=tuple(row["origins"]),
        title=row["title"],
        language=row["language"],
        close_after_days=row["close_after_days"],
        respond_hours=row["respond_hours"],
        edit_minutes=row["edit_minutes"],
        review_share=row["review_share"],
        keep_rejected_days=row["keep_rejected_days"],
        keep_contacts_days=row["keep_contacts_days"],
        name_required=row["name_required"],
        email_required=row["email_required"],
        website_shown=row["website_shown"],
        comment_first=row["comment_first"],
        consent_text=row["consent_text"],
        consent_url=row["consent_url"],
        version=row["settings_version"],
    )
    return StoredSettings(row["slug"], row["created_at"], settings)
