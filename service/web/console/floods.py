"""The page of a site's flood mode."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import Field
from starlette.responses import Response

from service.errors import ServiceError
from service.model.people import Scope
from service.usecases.watch_floods import flood_of, switch_flood
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.floods import MOST_MINUTES, FloodOut

FLOOD: Final = "/console/settings/{site}/flood"
_WANTED: Final = {"on": True, "off": False, "measured": None}


class FloodForm(OwnForm):
    """What somebody wants, and for how long."""

    wanted: Literal["on", "off", "measured"]
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)] = 60


async def draw_flood(call: Call, error: ServiceError | None = None) -> Response:
    """How the site stands, and the switch."""
    site = await call.own_site()
    return page(
        call,
        "flood.html",
        status=status_of(error),
        site=site.slug,
        flood=FloodOut.of(await flood_of(call.ctx, site), call.ctx.clock()),
        given=call.given,
        wrong=wrongs(error),
    )


@endpoint("GET", FLOOD, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_flood(call: Call) -> Response:
    """Whether the site is flooded, and why."""
    return await draw_flood(call)


@endpoint(
    "POST", FLOOD, tag="console", needs=Scope.ADMIN, form=True, media=HTML, error_page=again(draw_flood)
)
async def set_flood_by_form(call: Call, body: FloodForm) -> Response:
    """Switch flood mode by hand."""
    require_own_form(call, body.csrf)
    site, lasts = await call.own_site(), timedelta(minutes=body.minutes)
    await switch_flood(call.ctx, site, _WANTED[body.wanted], lasts, actor=call.principal.name)
    call.state.floods.forget()
    call.state.sites.forget(site.slug)
    return go_on(FLOOD.replace("{site}", site.slug))
