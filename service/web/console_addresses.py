"""Where the console's pages are, and where a form may lead: to our own pages and nowhere else."""

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from starlette.responses import Response

from service.ids import parse_id
from service.web.console_view import HEADERS
from service.web.endpoint import Call

QUEUE: Final = "/console"
DECIDED: Final = "/console/decided"
SIGN_IN: Final = "/console/sign-in"
_OWN_PAGES: Final = re.compile(
    r"/console(?:/decided|/comments/[0-9a-f-]{36})?(?:\?[\w=&%-]{0,300})?", re.ASCII
)
_FILTERS: Final = frozenset({"site", "cursor"})


def queue(**filters: str | None) -> str:
    """The queue under these filters."""
    query = urlencode({name: value for name, value in filters.items() if value})
    return f"{QUEUE}?{query}" if query else QUEUE


def comment_page(comment_id: UUID) -> str:
    """The page of one comment."""
    return f"/console/comments/{comment_id}"


def inside(raw: object) -> str:
    """`raw` where it is one of our own pages, else the queue."""
    return raw if isinstance(raw, str) and _OWN_PAGES.fullmatch(raw) else QUEUE


def with_notice(back: object, name: str, comment_id: UUID) -> str:
    """The page to go back to, with the notice about this comment in the place of an older one."""
    path, _, query = inside(back).partition("?")
    kept = [(field, value) for field, value in parse_qsl(query) if field in _FILTERS]
    return f"{path}?{urlencode([*kept, (name, str(comment_id))])}#notice"


def sign_in_from(call: Call) -> str:
    """The sign-in page that leads on to what was asked for, or to the comment that was to be decided."""
    request = call.request
    comment_id = parse_id(request.path_params.get("comment_id", ""))
    if request.method == "POST":
        target = comment_page(comment_id) if comment_id else QUEUE
    else:
        target = inside(f"{request.url.path}?{request.url.query}".rstrip("?"))
    return f"{SIGN_IN}?next={quote(target, safe='')}"


def go_on(target: str) -> Response:
    """After a form: see other (RFC 9110, 15.4.4), so that reloading sends nothing twice."""
    return Response(status_code=303, headers={**HEADERS, "Location": target})
