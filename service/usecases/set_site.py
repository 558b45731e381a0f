"""A site's settings are replaced as a whole, after looking at what that would do."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from service.context import Context
from service.errors import Conflict, SiteNotFound
from service.model.people import AuditEvent
from service.model.site_settings import Consequences, SiteSettings, StoredSettings
from service.model.sites import Site
from service.store import audit, site_settings, sites
from service.store.database import Connection


async def set_site(ctx: Context, site: Site, settings: SiteSettings, *, actor: str) -> StoredSettings:
    """Make these the site's settings; their `version` is the one that the caller saw, and replaces.

    Raises `Conflict` where somebody has changed them since.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        before = await _present(conn, site)
        version = await site_settings.replace(conn, site.id, settings)
        if version is None:
            now = before.settings.version
            raise Conflict(f"The settings are version {now} now. Read them again, and change those.")
        told = _differences(before.settings, settings), _differences(settings, before.settings)
        await audit.record(conn, AuditEvent("site.set", actor, site.id, site.slug, *told))
    return replace(before, settings=replace(settings, version=version))


async def change_site(ctx: Context, slug: str, change: Mapping[str, object], *, actor: str) -> StoredSettings:
    """Change some settings, by name, and leave the others; `SiteNotFound`, `FieldRefused`, `Conflict`."""
    async with ctx.db.read(moderation=True) as conn:
        found = await sites.by_slug(conn, slug)
        if found is None:
            raise SiteNotFound(slug)
        before = await _present(conn, found[0])
    given: dict[str, Any] = {**change}
    return await set_site(ctx, found[0], replace(before.settings, **given), actor=actor)


async def foresee_site(ctx: Context, site: Site, settings: SiteSettings) -> Consequences:
    """What these settings would close and delete that the present ones do not; nothing is changed."""
    async with ctx.db.read(moderation=True) as conn:
        before = await _present(conn, site)
        return await site_settings.consequences(conn, site.id, ctx.clock(), before.settings, settings)


async def _present(conn: Connection, site: Site) -> StoredSettings:
    found = await site_settings.of_sites(conn, [site.id])
    if not found:
        raise SiteNotFound(site.slug)
    return found[0]


def _differences(settings: SiteSettings, other: SiteSettings) -> str:
    """What these settings say otherwise than the others, as JSON."""
    here, there = asdict(settings), asdict(other)
    return json.dumps(
        {name: value for name, value in here.items() if name != "version" and value != there[name]}
    )
