"""Signing in and out over the API; the console's forms use the same verbs."""

import json

from starlette.responses import Response

from service.errors import Forbidden, RateLimited, Unauthenticated
from service.model.people import Scope
from service.store import sites
from service.usecases import sign_in as sessions
from service.web.client import network_of
from service.web.endpoint import Call, endpoint
from service.web.security import clear_cookie, refuse_cross_site, set_cookie
from service.web.wire import MeOut, SessionIn


@endpoint("POST", "/v1/session", tag="people", status=201, problems=(Unauthenticated, RateLimited, Forbidden))
async def begin_session(call: Call, body: SessionIn) -> Response:
    """Sign in; the answer sets the session's cookie."""
    if "origin" in call.request.headers or "sec-fetch-site" in call.request.headers:
        refuse_cross_site(call.ctx, call.request)
    network = network_of(call.request.scope, call.ctx.settings.trusted_proxies)
    cookie = await sessions.sign_in(call.ctx, body.name, body.password, network)
    answer = json.dumps({"name": body.name})
    response = Response(answer, 201, {"Cache-Control": "no-store"}, "application/json")
    set_cookie(call.ctx, call.request, response, cookie)
    return response


@endpoint("DELETE", "/v1/session", tag="people", needs=Scope.READ, status=204, problems=(Forbidden,))
async def end_session(call: Call) -> Response:
    """Sign out, here and now."""
    await sessions.sign_out(call.ctx, call.principal)
    response = Response(status_code=204)
    clear_cookie(call.ctx, call.request, response)
    return response


@endpoint("GET", "/v1/me", tag="people", needs=Scope.READ)
async def read_me(call: Call) -> MeOut:
    """Who is calling, and what they may do."""
    caller = call.principal
    async with call.ctx.db.read(moderation=True) as conn:
        every = await sites.every(conn)
    mine = None if caller.site_ids is None else [site.slug for site in every if caller.sees(site.id)]
    return MeOut(name=caller.name, scopes=sorted(caller.scopes), sites=mine)
