"""The console's door: signing in and out by forms, and what failed, told as a page."""

from typing import Final

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import (
    Forbidden,
    InvalidFields,
    RateLimited,
    SecondFactorNeeded,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from service.store import people
from service.usecases import sign_in as sessions
from service.web.api.sessions import refuse_strange_form
from service.web.console.addresses import ACCOUNT, SIGN_IN, inside
from service.web.console.frame import go_on, page, sign_in_from
from service.web.http.endpoint import Call, endpoint
from service.web.http.problems import problem_of
from service.web.http.security import by_cookie, clear_cookie, set_cookie
from service.web.wire.base import In
from service.web.wire.people import SecondStepIn, SessionIn

HTML: Final = ("text/html",)


class SignInQuery(In):
    """Where to go on afterwards."""

    next: StrictStr | None = Field(None, max_length=512)


class SignInForm(SessionIn, SignInQuery):
    """The fields of the sign-in form."""


class SecondStepForm(SecondStepIn, SignInQuery):
    """The fields of the second step's form."""


class OwnForm(In):
    """What every form of a session carries."""

    csrf: StrictStr | None = Field(None, max_length=128)


async def failure_page(call: Call, error: ServiceError) -> Response:
    """A failure as a page; who is signed out is led to the sign-in form."""
    if isinstance(error, Unauthenticated):
        return go_on(sign_in_from(call))
    if call.caller and call.caller.errand and call.request.method == "GET":
        return go_on(ACCOUNT)
    problem = problem_of(error)
    values = {"title": f"problem.{problem.code}", "sentence": error.detail}
    return page(call, "failure.html", status=problem.status, headers=_retry(error), **values)


async def sign_in_again(call: Call, error: ServiceError) -> Response:
    """The sign-in form once more, with what went wrong and the name that was typed; or the next step."""
    if isinstance(error, SecondFactorNeeded):
        return ask_for_code(call, error.challenge, inside(call.given.get("next")))
    wrong = {found.pointer[1:] for found in error.errors} if isinstance(error, InvalidFields) else set()
    return page(
        call,
        "sign_in.html",
        status=problem_of(error).status,
        headers=_retry(error),
        name=str(call.given.get("name") or "")[:64],
        next=inside(call.given.get("next")),
        provider=_provider_label(call),
        nobody=False,
        sentence=None if wrong else error.detail,
        wrong={"name", "password"} if isinstance(error, Unauthenticated) else wrong,
    )


async def code_again(call: Call, error: ServiceError) -> Response:
    """The second step once more; from the beginning where its time is over."""
    challenge = str(call.given.get("challenge") or "")
    if not challenge or (isinstance(error, Unauthenticated) and "took too long" in error.detail):
        return await sign_in_again(call, error)
    return ask_for_code(call, challenge, inside(call.given.get("next")), error)


def ask_for_code(call: Call, challenge: str, target: str, error: ServiceError | None = None) -> Response:
    """The form for the code that a second factor shows."""
    is_wrong = isinstance(error, Unauthenticated | InvalidFields)
    return page(
        call,
        "second_step.html",
        status=problem_of(error).status if error else 200,
        headers=_retry(error) if error else None,
        challenge=challenge,
        next=target,
        is_wrong=is_wrong,
        sentence=None if error is None or is_wrong else error.detail,
    )


def _provider_label(call: Call) -> str | None:
    return call.ctx.settings.oidc_label if call.state.provider else None


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
    async with call.ctx.db.read(moderation=True) as conn:
        nobody = await people.count_moderators(conn) == 0
    return page(
        call,
        "sign_in.html",
        name="",
        next=target,
        provider=_provider_label(call),
        nobody=nobody,
        sentence=None,
        wrong=(),
    )


@endpoint("POST", SIGN_IN, tag="console", form=True, media=HTML, error_page=sign_in_again)
async def sign_in(call: Call, body: SignInForm) -> Response:
    """Begin a session."""
    refuse_strange_form(call)
    visitor = call.visitor
    cookie = await sessions.sign_in(
        call.ctx, body.name, body.password, visitor.network, code=body.code, agent=visitor.agent
    )
    response = go_on(inside(body.next))
    set_cookie(call.ctx, call.request, response, cookie)
    return response


@endpoint("POST", f"{SIGN_IN}/code", tag="console", form=True, media=HTML, error_page=code_again)
async def give_code(call: Call, body: SecondStepForm) -> Response:
    """The second step of signing in."""
    refuse_strange_form(call)
    cookie = await sessions.second_step(call.ctx, body.challenge, body.code, call.visitor)
    response = go_on(inside(body.next))
    set_cookie(call.ctx, call.request, response, cookie)
    return response


@endpoint(
    "POST",
    "/console/sign-out",
    tag="console",
    signed_in=True,
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
