"""Who is calling, and whether they may: bearer tokens, session cookies, scopes, and cross-site defence."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.context import Context
from service.errors import Forbidden, InvalidRequest, Unauthenticated
from service.model.people import Errand, Principal, Scope
from service.store import sessions
from service.usecases.sign_in import session_digest
from service.usecases.tokens import principal_of
from service.web.http.client import own_origin

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ERRANDS: Final = {
    Errand.OWN_PASSWORD: "Choose a password of your own first.",
    Errand.SECOND_FACTOR: "Admins need a second factor here. Set one up first.",
}
_TOKEN_PARAMETERS: Final = frozenset({"token", "access_token", "api_key"})


async def principal(ctx: Context, request: Request) -> Principal:
    """The caller, by bearer token or by session cookie; `Unauthenticated` where there is neither.

    A session may change something only from our own pages (`refuse_cross_site`).
    """
    if _TOKEN_PARAMETERS & request.query_params.keys():
        raise InvalidRequest(
            "token_in_url", "Send a token in the Authorization header; addresses end up in logs."
        )
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await principal_of(ctx, token.strip())
    found = await by_cookie(ctx, request)
    if found is None:
        raise Unauthenticated("Sign in, or send a token in the Authorization header.")
    if request.method not in _SAFE_METHODS:
        refuse_cross_site(ctx, request)
    return found


async def by_cookie(ctx: Context, request: Request) -> Principal | None:
    """The signed-in moderator, or None."""
    cookie = request.cookies.get(cookie_name(is_https(ctx, request)))
    if not cookie:
        return None
    async with ctx.db.read(moderation=True) as conn:
        idle = timedelta(hours=ctx.settings.session_idle_hours)
        digest, strict = session_digest(cookie), ctx.settings.require_totp
        return await sessions.by_digest(conn, digest, idle, admins_need_factor=strict)


def require(caller: Principal, scope: Scope) -> None:
    """Raise `Forbidden` unless the caller holds the scope somewhere, and nothing keeps them from using it."""
    if caller.errand is not None:
        raise Forbidden(f"{caller.errand.value}_needed", _ERRANDS[caller.errand])
    if not caller.may(scope):
        raise Forbidden("scope_missing", f"This needs the scope {scope.value}.")


def refuse_cross_site(ctx: Context, request: Request) -> None:
    """Raise `Forbidden` for a change that another site's page asked for (Fetch Metadata, Origin)."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site not in {None, "same-origin", "none"} or origin not in {None, origin_of(ctx, request)}:
        raise Forbidden("csrf", "This request came from another site's page.")
    if origin is None and site is None:
        raise Forbidden("csrf", "A change made with a session needs the Origin header.")


def origin_of(ctx: Context, request: Request) -> str:
    """Our own origin as this request's browser knows it."""
    return own_origin(request.scope, ctx.settings.trusted_proxies, ctx.settings.public_url)


def is_https(ctx: Context, request: Request) -> bool:
    """Whether the browser reached us over https."""
    return origin_of(ctx, request).startswith("https://")


def cookie_name(https: bool) -> str:
    """`__Host-` binds the cookie to this very host (RFC 6265bis), but browsers want https for it."""
    return "__Host-greenroom" if https else "greenroom"


def set_cookie(ctx: Context, request: Request, response: Response, value: str) -> None:
    """Give the browser its session."""
    https = is_https(ctx, request)
    response.set_cookie(
        cookie_name(https),
        value,
        max_age=int(ctx.settings.session_hours * 3600),
        path="/",
        secure=https,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(ctx: Context, request: Request, response: Response) -> None:
    """Make the browser forget its session."""
    https = is_https(ctx, request)
    response.delete_cookie(cookie_name(https), path="/", secure=https, httponly=True, samesite="lax")
