"""Sites: listed, added, and their settings replaced, after a look at what that would do."""

from service.errors import AlreadyExists, Conflict, Forbidden, InvalidFields, SiteNotFound
from service.model.people import Scope
from service.store import site_settings, sites
from service.usecases.govern import add_site
from service.usecases.set_site import foresee_site, set_site
from service.web.http.endpoint import Call, endpoint
from service.web.wire.sites import ConsequencesOut, SettingsIn, SiteIn, SiteOut, SitesOut


@endpoint("GET", "/v1/sites", tag="governance", needs=Scope.READ)
async def read_sites(call: Call) -> SitesOut:
    """The caller's sites with their settings."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await site_settings.of_sites(conn, await sites.visible(conn, call.principal))
    return SitesOut(sites=[SiteOut.of(stored) for stored in found])


@endpoint(
    "POST",
    "/v1/sites",
    tag="governance",
    needs=Scope.ADMIN,
    status=201,
    problems=(Forbidden, AlreadyExists, InvalidFields),
)
async def create_site(call: Call, body: SiteIn) -> SiteOut:
    """Add a site; only for who governs every site."""
    if call.principal.site_ids is not None:
        raise Forbidden("every_site", "Only an admin of every site can add another.")
    site = await add_site(
        call.ctx, body.site, body.origins, actor=call.principal.name, settings=body.to_settings()
    )
    return await _read(call, site.id)


@endpoint("GET", "/v1/sites/{site}", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_site(call: Call) -> SiteOut:
    """One site with its settings."""
    return await _read(call, (await call.own_site()).id)


@endpoint(
    "PUT",
    "/v1/sites/{site}",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, Conflict, InvalidFields),
)
async def replace_site(call: Call, body: SettingsIn) -> SiteOut:
    """Replace a site's settings as a whole: send back what you read, with what you changed."""
    site = await call.own_site()
    return SiteOut.of(await set_site(call.ctx, site, body.to_settings(), actor=call.principal.name))


@endpoint(
    "POST",
    "/v1/sites/{site}/consequences",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, InvalidFields),
)
async def foresee(call: Call, body: SettingsIn) -> ConsequencesOut:
    """What these settings would close and delete at once; nothing is changed."""
    site = await call.own_site()
    return ConsequencesOut.model_validate(await foresee_site(call.ctx, site, body.to_settings()))


async def _read(call: Call, site_id: int) -> SiteOut:
    async with call.ctx.db.read(moderation=True) as conn:
        found = await site_settings.of_sites(conn, [site_id])
    return SiteOut.of(found[0])
