"""Where a form made for WordPress may post as it is: its fields, its way back, and what is wrong with it."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from service.errors import (
    FieldError,
    FieldRefused,
    InvalidFields,
    OriginNotAllowed,
    RateLimited,
    SaidBefore,
    SiteNotFound,
    StaleForm,
    ThreadClosed,
)
from service.model.submissions import Receipt
from service.model.urls import Address, parse_page
from service.usecases.author_tokens import view_token
from service.web.http.endpoint import Call, endpoint
from service.web.http.fields import check
from service.web.readers.asking import missing
from service.web.readers.reading import wants_html
from service.web.readers.submitting import form_page, take
from service.web.wire.readers import SubmissionIn
from service.web.wire.wordpress import NAMES, WordPressIn

_TOP: Final = {"", "0"}


@endpoint(
    "POST",
    "/v1/sites/{site}/wp-comments-post.php",
    tag="submitting",
    public=True,
    status=303,
    form=True,
    error_page=form_page,
    media=("text/html",),
    problems=(
        SiteNotFound,
        OriginNotAllowed,
        ThreadClosed,
        InvalidFields,
        StaleForm,
        SaidBefore,
        RateLimited,
    ),
)
async def add_wordpress_comment(call: Call, body: WordPressIn) -> Response:
    """Send a comment with a form made for WordPress; it goes back to the article, as there."""
    call.given, call.is_form = dict(_translated(call, body)), True
    try:
        ours = check(SubmissionIn, call.given, empty_is_missing=True, more=missing(call))
        receipt = await take(call, ours)
    except InvalidFields as error:
        if wants_html(call.request):
            raise
        raise InvalidFields([_in_their_words(found) for found in error.errors]) from None
    return _go_back(call, body, ours.page, receipt)


def _translated(call: Call, body: WordPressIn) -> Iterator[tuple[str, object]]:
    """The fields under our names."""
    for ours, theirs in NAMES.items():
        if (value := getattr(body, theirs)) is not None:
            yield ours, value
    yield "page", _page(call, body)
    yield "parent", "" if (body.comment_parent or "").strip() in _TOP else body.comment_parent
    yield "url2", body.url2 or body.ak_hp_textarea
    yield "form_token", body.form_token


def _page(call: Call, body: WordPressIn) -> str | None:
    """The article: as the form names it, else where it goes on or came from, else by its number."""
    if body.page:
        return body.page
    for raw in (body.redirect_to, call.request.headers.get("referer")):
        found = _on_site(call, raw)
        # Browsers tell other origins no more than the origin that they come from.
        if found and (found.path, found.query) != ("/", ""):
            return str(found)
    if not (body.comment_post_ID or "").isdecimal():
        return None
    came_from = call.request.headers.get("origin")
    origin = came_from if came_from in call.here.origins else min(call.here.origins)
    return f"{origin}/?p={body.comment_post_ID}"


def _on_site(call: Call, raw: str | None) -> Address | None:
    try:
        found = parse_page(raw or "")
    except FieldRefused:
        return None
    return found if found.origin in call.here.origins else None


def _go_back(call: Call, body: WordPressIn, page: Address, receipt: Receipt) -> Response:
    """To the article as WordPress does: with what lets its author see a comment that waits."""
    target = str(_on_site(call, body.redirect_to) or page)
    shown = urlencode(
        {"unapproved": receipt.comment_id, "moderation-hash": view_token(call.ctx, receipt.comment_id)}
    )
    location = f"{target}{'&' if '?' in target else '?'}{shown}#comment-{receipt.comment_id}"
    return Response(status_code=303, headers={"Location": location, "Cache-Control": "no-store"})


def _in_their_words(error: FieldError) -> FieldError:
    field = error.pointer.removeprefix("/")
    return FieldError(f"/{NAMES.get(field, field)}", error.code, error.detail)
