"""Signing in with a provider's account, and linking one to one's own: there, and back again."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from service.errors import NotFound, SecondFactorNeeded, ServiceError, Unauthenticated
from service.ids import parse_id
from service.model.people import Identity
from service.store import limits
from service.usecases import account
from service.usecases.sign_in_by_provider import sign_in_by_provider
from service.web.console.addresses import ACCOUNT, PROVIDER, inside
from service.web.console.frame import go_on, page
from service.web.console.sign_in import (
    HTML,
    OwnForm,
    SignInQuery,
    ask_for_code,
    failure_page,
    require_own_form,
    sign_in_again,
)
from service.web.http.endpoint import Call, endpoint
from service.web.http.provider import Flow, Provider
from service.web.http.security import by_cookie, is_https, origin_of, set_cookie

_LASTS: Final = timedelta(minutes=10)
_PURPOSE: Final = "provider-flow"
_COOKIE: Final = "greenroom-provider"


async def provider_failed(call: Call, error: ServiceError) -> Response:
    """Whoever could not come in may try again; what was wrong with a linking is told as a page."""
    if isinstance(error, Unauthenticated):
        return await sign_in_again(call, error)
    return await failure_page(call, error)


@endpoint("GET", PROVIDER, tag="console", media=HTML, error_page=provider_failed)
async def go_to_provider(call: Call, query: SignInQuery) -> Response:
    """To the provider, and back with an answer within ten minutes."""
    url, cookie = await _begin(call, inside(query.next), None)
    response = go_on(url)
    _remember(call, response, cookie)
    return response


@endpoint(
    "POST",
    f"{ACCOUNT}/provider",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def begin_linking(call: Call, body: OwnForm) -> Response:
    """A page that leads to the provider; a form may not, because our policy lets forms lead to us alone."""
    require_own_form(call, body.csrf)
    me = await account.myself(call.ctx, call.principal)
    url, cookie = await _begin(call, ACCOUNT, str(me.id))
    label = call.ctx.settings.oidc_label
    response = page(call, "provider.html", url=url, label=label)
    _remember(call, response, cookie)
    return response


@endpoint("GET", f"{PROVIDER}/answer", tag="console", media=HTML, error_page=provider_failed)
async def come_back(call: Call) -> Response:
    """What the provider said; a session where it was the right thing."""
    kept = await _recall(call)
    answer = {name: call.request.query_params[name] for name in call.request.query_params}
    flow = Flow(kept["state"], kept["nonce"], kept["verifier"])
    identity = await _provider(call).finish(answer, flow, _redirect_uri(call), call.ctx.clock())
    if kept["link"] is not None:
        response = await _link(call, kept["link"], identity)
    else:
        response = await _let_in(call, identity, inside(kept["next"]))
    _forget(call, response)
    return response


async def _let_in(call: Call, identity: Identity, target: str) -> Response:
    try:
        cookie = await sign_in_by_provider(call.ctx, identity, call.visitor)
    except SecondFactorNeeded as needed:
        return ask_for_code(call, needed.challenge, target)
    response = go_on(target)
    set_cookie(call.ctx, call.request, response, cookie)
    return response


async def _link(call: Call, moderator_id: str, identity: Identity) -> Response:
    caller = await by_cookie(call.ctx, call.request)
    if caller is None or caller.moderator_id is None or caller.moderator_id != parse_id(moderator_id):
        raise Unauthenticated("Somebody else has signed in here since. Please begin again.")
    await account.link(call.ctx, caller, (identity.issuer, identity.subject))
    return go_on(f"{ACCOUNT}?done=linked")


async def _begin(call: Call, target: str, moderator_id: str | None) -> tuple[str, str]:
    """The provider's address, and what the browser keeps for us, signed, until it comes back."""
    url, flow = await _provider(call).begin(_redirect_uri(call))
    kept = {
        "state": flow.state,
        "nonce": flow.nonce,
        "verifier": flow.verifier,
        "until": int((call.ctx.clock() + _LASTS).timestamp()),
        "next": target,
        "link": moderator_id,
    }
    packed = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
    return url, f"{packed}.{call.ctx.vault.sign(_PURPOSE, packed.encode())}"


async def _recall(call: Call) -> dict[str, Any]:
    """What this browser began, once; `Unauthenticated` where it began nothing that is still open."""
    packed, _, signature = call.request.cookies.get(_COOKIE, "").partition(".")
    gone = Unauthenticated("This took too long, or was done before. Please sign in again.")
    if not call.ctx.vault.verify(_PURPOSE, packed.encode(), signature):
        raise gone
    kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(packed))
    if datetime.fromtimestamp(kept["until"], UTC) < call.ctx.clock():
        raise gone
    async with call.ctx.db.read(moderation=True) as conn:
        bucket = call.ctx.vault.tag(_PURPOSE, str(kept["state"]).encode())
        # A bucket that holds one and fills again after the flow's time: every state is taken once.
        if await limits.hit(conn, bucket, 2 * _LASTS, 1) is not None:
            raise gone
    return kept


def _provider(call: Call) -> Provider:
    if call.state.provider is None:
        raise NotFound("No provider is set up here to sign in with.")
    return call.state.provider


def _redirect_uri(call: Call) -> str:
    return f"{origin_of(call.ctx, call.request)}{PROVIDER}/answer"


def _remember(call: Call, response: Response, value: str) -> None:
    response.set_cookie(
        _COOKIE,
        value,
        max_age=int(_LASTS.total_seconds()),
        path=PROVIDER,
        secure=is_https(call.ctx, call.request),
        httponly=True,
        samesite="lax",
    )


def _forget(call: Call, response: Response) -> None:
    https = is_https(call.ctx, call.request)
    response.delete_cookie(_COOKIE, path=PROVIDER, secure=https, httponly=True, samesite="lax")
