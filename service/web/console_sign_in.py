"""The console's door: signing in and out by forms, and what failed, told as a page."""

from typing import Final

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import (
    Forbidden,
    InvalidFields,
    RateLimited,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from service.model.people import Scope
from service.usecases import sign_in as sessions
from service.web.client import network_of
from service.web.console_addresses import SIGN_IN, go_on, inside, sign_in_from
from service.web.console_view import page
from service.web.endpoint import Call, endpoint
from service.web.problems import problem_of
from service.web.security import by_cookie, clear_cookie, refuse_cross_site, set_cookie
from service.web.wire import In, SessionIn

HTML: Final = ("text/html",)


class SignInQuery(In):
    """Where to go on afterwards."""

    next: StrictStr | None = Field(None, max_length=512)


class SignInForm(SessionIn, SignInQuery):
    """The fields of the sign-in form."""


class OwnForm(In):
    """What every form of a session carries."""

    csrf: StrictStr | None = Field(None, max_length=128)


async def failure_page(call: Call, error: ServiceError) -> Response:
    """A failure as a page; who is signed out is led to the sign-in form."""
    if isinstance(error, Unauthenticated):
        return go_on(sign_in_from(call))
    problem = problem_of(error)
    values = {"title": problem.title, "sentence": error.detail}
    return page(call, "failure.html", status=problem.status, headers=_retry(error), **values)


async def sign_in_again(call: Call, error: ServiceError) -> Response:
    """The sign-in form once more, with what went wrong and the name that was typed."""
    wrong = {found.pointer[1:] for found in error.errors} if isinstance(error, InvalidFields) else set()
    return page(
        call,
        "sign_in.html",
        status=problem_of(error).status,
        headers=_retry(error),
        name=str(call.given.get("name") or "")[:64],
        next=inside(call.given.get("next")),
        sentence="Enter your name and your password." if wrong else error.detail,
        wrong={"name", "password"} if isinstance(error, Unauthenticated) else wrong,
    )


def require_own_form(call: Call, token: str | None) -> None:
    """The second belt beside `refuse_cross_site`. A bearer token is not sent by other sites' pages."""
    session = call.principal.session
    if session and not call.ctx.vault.verify("csrf", session, token or ""):
        raise Forbidden("csrf", "This form is from another session. Go back, reload the page and try again.")


@endpoint("GET", SIGN_IN, tag="console", media=HTML, error_page=failure_page)
async def show_sign_in(call: Call, query: SignInQuery) -> Response:
    """The sign-in form; who is signed in goes on."""
    target = inside(query.next)
    if await by_cookie(call.ctx, call.request):
        return go_on(target)
    return page(call, "sign_in.html", name="", next=target, sentence="", wrong=())


@endpoint("POST", SIGN_IN, tag="console", form=True, media=HTML, error_page=sign_in_again)
async def sign_in(call: Call, body: SignInForm) -> Response:
    """Begin a session."""
    if "origin" in call.request.headers or "sec-fetch-site" in call.request.headers:
        refuse_cross_site(call.ctx, call.request)
    network = network_of(call.request.scope, call.ctx.settings.trusted_proxies)
    cookie = await sessions.sign_in(call.ctx, body.name, body.password, network)
    response = go_on(inside(body.next))
    set_cookie(call.ctx, call.request, response, cookie)
    return response


@endpoint(
    "POST",
    "/console/sign-out",
    tag="console",
    needs=Scope.READ,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def sign_out(call: Call, body: OwnForm) -> Response:
    """End the session."""
    require_own_form(call, body.csrf)
    await sessions.sign_out(call.ctx, call.principal)
    response = go_on(SIGN_IN)
    clear_cookie(call.ctx, call.request, response)
    return response


def _retry(error: ServiceError) -> dict[str, str]:
    if isinstance(error, RateLimited | Unavailable):
        return {"Retry-After": str(error.retry_after)}
    return {}
