"""Which pages of other origins may talk to a site's public endpoints: an exact list, never credentials."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from service.errors import OriginNotAllowed
from service.model.sites import Site

_METHODS: Final = "GET, HEAD, POST"
_REQUEST_HEADERS: Final = "content-type, idempotency-key, x-author-token"
_EXPOSED: Final = (
    b"access-control-expose-headers",
    b"Age, Cache-Status, ETag, Idempotency-Replayed, Retry-After, X-Form-Token, X-Request-Id",
)
_VARY: Final = (b"vary", b"Origin")
_READABLE: Final = (b"cross-origin-resource-policy", b"cross-origin")


def allowed_origin(request: Request, site: Site, own: Callable[[], str]) -> str | None:
    """The request's Origin if the site lists it or it is our own; None where there is none.

    `OriginNotAllowed` for any other, before any work is done for it.
    """
    origin = request.headers.get("origin")
    if origin is None or origin in site.origins or origin == own():
        return origin
    raise OriginNotAllowed


def preflight(origin: str | None) -> Response:
    """The answer to OPTIONS from an origin that may."""
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _REQUEST_HEADERS,
            "Access-Control-Max-Age": "600",
        }
        if origin
        else {"Allow": f"{_METHODS}, OPTIONS"},
    )


def dress(response: Response, origin: str | None) -> None:
    """Let the page at `origin` read this answer; caches must keep origins apart.

    A handler that has a Vary of its own names Origin in it.
    """
    headers = response.raw_headers
    if not any(name == b"vary" for name, _ in headers):
        headers.append(_VARY)
    headers.append(_READABLE)
    if origin is not None:
        headers += [(b"access-control-allow-origin", origin.encode("latin-1")), _EXPOSED]
