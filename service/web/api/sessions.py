"""Signing in and out over the API; the console's forms use the same verbs."""

import json

from starlette.responses import Response

from service.errors import Forbidden, RateLimited, SecondFactorNeeded, Unauthenticated
from service.store import sites
from service.usecases import sign_in as sessions
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import clear_cookie, refuse_cross_site, set_cookie
from service.web.wire.people import MeOut, SecondStepIn, SessionIn


@endpoint(
    "POST",
    "/v1/session",
    tag="people",
    status=201,
    problems=(Unauthenticated, SecondFactorNeeded, RateLimited, Forbidden),
)
async def begin_session(call: Call, body: SessionIn) -> Response:
    """Sign in; the answer sets the session's cookie.

    Who has a second factor sends a `code` along, or gets a `challenge` to send to
    `/v1/session/second-factor` with one.
    """
    refuse_strange_form(call)
    visitor = call.visitor
    cookie = await sessions.sign_in(
        call.ctx, body.name, body.password, visitor.network, code=body.code, agent=visitor.agent
    )
    return _begun(call, {"name": body.name}, cookie)


@endpoint(
    "POST",
    "/v1/session/second-factor",
    tag="people",
    status=201,
    problems=(Unauthenticated, RateLimited, Forbidden),
)
async def complete_session(call: Call, body: SecondStepIn) -> Response:
    """The second step of signing in: a code from the authenticator, or a recovery code."""
    refuse_strange_form(call)
    cookie = await sessions.second_step(call.ctx, body.challenge, body.code, call.visitor)
    return _begun(call, {}, cookie)


@endpoint("DELETE", "/v1/session", tag="people", signed_in=True, status=204, problems=(Forbidden,))
async def end_session(call: Call) -> Response:
    """Sign out, here and now."""
    await sessions.sign_out(call.ctx, call.principal)
    response = Response(status_code=204)
    clear_cookie(call.ctx, call.request, response)
    return response


@endpoint("GET", "/v1/me", tag="people", signed_in=True)
async def read_me(call: Call) -> MeOut:
    """Who is calling, and what they may do."""
    caller = call.principal
    async with call.ctx.db.read(moderation=True) as conn:
        every = await sites.every(conn)
    mine = [site for site in every if caller.sees(site.id)]
    by_site = {site.slug: sorted(caller.scopes_on(site.id)) for site in mine} if caller.by_site else None
    return MeOut(
        name=caller.name,
        scopes=sorted(caller.scopes),
        sites=None if caller.site_ids is None else [site.slug for site in mine],
        by_site=by_site,
        errand=caller.errand.value if caller.errand else None,
    )


def refuse_strange_form(call: Call) -> None:
    """No other site's page may sign its visitors in; programs send neither header."""
    if "origin" in call.request.headers or "sec-fetch-site" in call.request.headers:
        refuse_cross_site(call.ctx, call.request)


def _begun(call: Call, answer: dict[str, str], cookie: str) -> Response:
    response = Response(json.dumps(answer), 201, {"Cache-Control": "no-store"}, "application/json")
    set_cookie(call.ctx, call.request, response, cookie)
    return response
