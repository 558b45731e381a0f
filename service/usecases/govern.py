"""Sites and people are added, and pages closed, each with an audit event."""

from collections.abc import Sequence

from service.context import Context
from service.errors import SiteNotFound
from service.ids import new_id
from service.model.people import AuditEvent, Moderator, Role, parse_moderator_name, parse_password
from service.model.sites import Site, page_id, parse_origins, parse_slug
from service.model.urls import Address
from service.store import audit, people, sites
from service.usecases.sign_in import hash_password


async def add_site(
    ctx: Context,
    slug: str,
    origins: Sequence[str],
    *,
    actor: str,
    language: str = "en",
    close_after_days: int | None = None,
) -> Site:
    """Add a publication; `FieldRefused` for a bad name or origin, `AlreadyExists` for a taken name."""
    name, allowed = parse_slug(slug), sorted(parse_origins(origins))
    async with ctx.db.transaction(moderation=True) as conn:
        site_id = await sites.add(conn, name, allowed, language, close_after_days, actor)
        await audit.record(conn, AuditEvent("site.added", actor, site_id, name, after=" ".join(allowed)))
        found = await sites.by_slug(conn, name)
    assert found is not None
    return found[0]


async def set_origins(ctx: Context, slug: str, origins: Sequence[str], *, actor: str) -> None:
    """Replace the origins of a site."""
    allowed = sorted(parse_origins(origins))
    async with ctx.db.transaction(moderation=True) as conn:
        found = await sites.by_slug(conn, slug)
        if found is None:
            raise SiteNotFound(slug)
        before = " ".join(sorted(found[0].origins))
        await sites.set_origins(conn, found[0].id, allowed)
        await audit.record(
            conn, AuditEvent("site.origins", actor, found[0].id, slug, before, " ".join(allowed))
        )


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
    moderator = Moderator(
        id=new_id(),
        name=parse_moderator_name(name),
        role=role,
        site_ids=site_ids,
        password_hash=await hash_password(parse_password(password)),
    )
    async with ctx.db.transaction(moderation=True) as conn:
        await people.add_moderator(conn, moderator)
        await audit.record(conn, AuditEvent("moderator.added", actor, target=name, after=role.value))
