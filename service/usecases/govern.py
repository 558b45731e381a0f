"""Sites and people are added, and pages closed, each with an audit event."""

from collections.abc import Sequence

from service.context import Context
from service.model.people import AuditEvent, Rights, Role
from service.model.site_settings import SiteSettings
from service.model.sites import Site, page_id, parse_slug
from service.model.urls import Address
from service.store import audit, site_settings, sites
from service.usecases import moderators


async def add_site(
    ctx: Context,
    slug: str,
    origins: Sequence[str],
    *,
    actor: str,
    language: str = "en",
    close_after_days: int | None = None,
    settings: SiteSettings | None = None,
) -> Site:
    """Add a publication; `FieldRefused` for a bad name or setting, `AlreadyExists` for a taken name.

    `settings` are all of its settings; without them, the usual ones with the language and the closing given.
    """
    name = parse_slug(slug)
    usual = SiteSettings(tuple(origins), language=language, close_after_days=close_after_days)
    wanted = settings or usual
    allowed = list(wanted.origins)
    async with ctx.db.transaction(moderation=True) as conn:
        site_id = await site_settings.add(conn, name, wanted, actor)
        await audit.record(conn, AuditEvent("site.added", actor, site_id, name, after=" ".join(allowed)))
        found = await sites.by_slug(conn, name)
    assert found is not None
    return found[0]


async def set_page_closed(ctx: Context, site: Site, page: Address, *, closed: bool, actor: str) -> None:
    """Close a page to new comments, or open it again."""
    async with ctx.db.transaction(moderation=True) as conn:
        await sites.set_page_closed(conn, site.id, page_id(page), str(page), closed=closed)
        action = "page.closed" if closed else "page.opened"
        await audit.record(conn, AuditEvent(action, actor, site.id, str(page)))


async def add_moderator(
    ctx: Context, name: str, password: str, *, role: Role, site_ids: frozenset[int] | None, actor: str
) -> None:
    """Add a person who decides; `site_ids` None lets them work for every site."""
    where = None if site_ids is None else dict.fromkeys(site_ids)
    await moderators.add(ctx, name, password, Rights(role, where), actor=actor)
