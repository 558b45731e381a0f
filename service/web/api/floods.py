"""Flood mode: looked at, and switched by hand for a while."""

from datetime import timedelta

from service.errors import InvalidFields, SiteNotFound
from service.model.people import Scope
from service.usecases.watch_floods import flood_of, switch_flood
from service.web.http.endpoint import Call, endpoint
from service.web.wire.floods import FloodIn, FloodOut


@endpoint("GET", "/v1/sites/{site}/flood", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_flood(call: Call) -> FloodOut:
    """Whether the site is flooded, what was measured, and where a flood begins."""
    return FloodOut.of(await flood_of(call.ctx, await call.own_site()), call.ctx.clock())


@endpoint(
    "PUT",
    "/v1/sites/{site}/flood",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, InvalidFields),
)
async def set_flood(call: Call, body: FloodIn) -> FloodOut:
    """Switch flood mode on or off for some minutes, or leave it to what is measured again."""
    site, lasts = await call.own_site(), timedelta(minutes=body.minutes)
    flood = await switch_flood(call.ctx, site, body.on, lasts, actor=call.principal.name)
    call.state.floods.forget()
    call.state.sites.forget(site.slug)
    return FloodOut.of(flood, call.ctx.clock())
