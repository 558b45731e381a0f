"""What readers read: threads as JSON and as HTML, and counts."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service.errors import (
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    OriginNotAllowed,
    SiteNotFound,
)
from service.ids import parse_id
from service.model.comments import PublishedComment
from service.model.sites import Site, page_id
from service.model.urls import MAX_URL, Address, parse_page
from service.store import cursors, sites, threads
from service.usecases import form_tokens
from service.web.endpoint import Call, endpoint
from service.web.rendering import FormView, language_of
from service.web.threads import Rendered
from service.web.wire import CountsOut, In, PublishedOut, ThreadOut, by_rule

_START: Final = (UUID(int=0), UUID(int=0))
_MOST_COUNTS: Final = 100
_CACHING: Final = "public, max-age=15, stale-while-revalidate=60"
PageField = Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)]


class ThreadQuery(In):
    """Which page of which thread."""

    page: PageField = Field(description="The article's address.")
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class ThreadPageQuery(ThreadQuery):
    """The same, and how it should look."""

    lang: str | None = Field(None, max_length=35, description="BCP 47 tag of the interface's language.")
    shape: Literal["page", "fragment"] = "page"
    sent: str | None = Field(None, max_length=8, description="Set after a form was sent.")
    reply: str | None = Field(None, max_length=36, description="The comment that the form replies to.")


class CountsQuery(In):
    """Which pages to count; at most 100."""

    page: list[str] = Field(max_length=_MOST_COUNTS, description="Article addresses.")


@endpoint(
    "GET",
    "/v1/sites/{site}/thread",
    tag="reading",
    public=True,
    problems=(SiteNotFound, OriginNotAllowed, InvalidFields, InvalidRequest),
    media=("application/json", "text/html"),
    answer=ThreadOut,
    headers=("If-None-Match",),
)
async def read_thread(call: Call, query: ThreadQuery) -> Response:
    """The approved comments of a page, as JSON; as a web page for those who ask for HTML first."""
    if wants_html(call.request):
        return await _html(call, ThreadPageQuery.model_construct(**dict(query)))
    refuse_foreign_page(query.page, call.here)
    rendered = await call.state.threads.get(
        call.here.id,
        page_id(query.page),
        ("json", query.cursor, query.limit),
        lambda: _as_json(call, query),
    )
    return conditional(call.request, rendered, "application/json")


@endpoint(
    "GET",
    "/v1/sites/{site}/thread.html",
    tag="reading",
    public=True,
    problems=(SiteNotFound, OriginNotAllowed, InvalidFields, InvalidRequest),
    media=("text/html",),
    headers=("If-None-Match",),
)
async def read_thread_page(call: Call, query: ThreadPageQuery) -> Response:
    """The same as HTML: a whole page, or the fragment that the widget shows."""
    return await _html(call, query)


@endpoint(
    "GET",
    "/v1/sites/{site}/counts",
    tag="reading",
    public=True,
    problems=(SiteNotFound, OriginNotAllowed, InvalidFields),
)
async def read_counts(call: Call, query: CountsQuery) -> CountsOut:
    """How many approved comments each page has."""
    asked = {raw: page_id(_page(raw, index, call.here)) for index, raw in enumerate(query.page)}
    async with call.ctx.db.read() as conn:
        found = await sites.counts(conn, call.here.id, list(asked.values()))
    return CountsOut(counts={raw: found.get(page, 0) for raw, page in asked.items()})


async def load_thread(call: Call, query: ThreadQuery) -> tuple[ThreadOut, Sequence[PublishedComment]]:
    """One page of a thread from the database."""
    page, after = page_id(query.page), cursors.decode(query.cursor, 2)
    async with call.ctx.db.read() as conn:
        state = await sites.page_state(conn, call.here.id, page)
        start = (after[0], after[1]) if after else _START
        shown = await threads.page(conn, call.here.id, page, start, query.limit + 1)
    more, shown = len(shown) > query.limit, shown[: query.limit]
    thread = ThreadOut(
        page=str(query.page),
        count=state.approved if state else 0,
        closed=bool(state and state.is_closed(call.here, call.ctx.clock())),
        comments=[PublishedOut.model_validate(comment) for comment in shown],
        next=cursors.encode(shown[-1].root_id, shown[-1].id) if more else None,
    )
    return thread, shown


def refuse_foreign_page(page: Address, site: Site, pointer: str = "/page") -> None:
    """Raise `InvalidFields` for a page that is on none of the site's origins."""
    if page.origin not in site.origins:
        sentence = "This page is not on one of the site's origins."
        raise InvalidFields([FieldError(pointer, "page.origin", sentence)])


def wants_html(request: Request) -> bool:
    """Whether the client would rather have HTML than JSON: a browser, not a program."""
    accept = request.headers.get("accept", "").lower()
    return "text/html" in accept and not 0 <= accept.find("json") < accept.find("text/html")


def conditional(request: Request, rendered: Rendered, media_type: str, **headers: str) -> Response:
    """The representation, or 304 for a client that has it (RFC 9110, section 13)."""
    same = has_already(request, rendered.etag)
    known = {"ETag": rendered.etag, "Cache-Control": _CACHING, "Vary": "Accept, Origin", **headers}
    return Response(b"" if same else rendered.body, 304 if same else 200, known, media_type=media_type)


def has_already(request: Request, etag: str) -> bool:
    """Whether the client holds this representation, by weak comparison (RFC 9110, 8.8.3.2)."""
    tags = request.headers.get("if-none-match", "").replace("W/", "").split(",")
    return etag.removeprefix("W/") in map(str.strip, tags)


async def _as_json(call: Call, query: ThreadQuery) -> bytes:
    thread, _ = await load_thread(call, query)
    return thread.model_dump_json().encode()


async def _html(call: Call, query: ThreadPageQuery) -> Response:
    refuse_foreign_page(query.page, call.here)
    page, lang = page_id(query.page), language_of(query.lang or call.here.language)
    if query.shape == "fragment":
        rendered = await _part(call, query, lang, "fragment")
        token = form_tokens.issue(call.ctx, call.here.id, page)
        return conditional(call.request, rendered, "text/html", **{"X-Form-Token": token})
    listing = await _part(call, query, lang, "listing")
    parent = parse_id(query.reply or "")
    form = FormView(
        token=form_tokens.issue(call.ctx, call.here.id, page),
        values={"parent": str(parent)} if parent else {},
        sent=query.sent is not None,
    )
    response = page_response(call, query.page, lang, listing.body, form)
    # Weak, and another one each hour: what differs below it is the form's token, which is good for a day.
    hour = int(call.ctx.clock().timestamp()) // 3600
    etag = f'W/"{listing.etag[1:-1]}-{hour}"'
    response.headers.update({"ETag": etag, "Cache-Control": "private, no-cache"})
    if has_already(call.request, etag):
        response.status_code, response.body = 304, b""
        del response.headers["content-length"]
    return response


async def _part(
    call: Call, query: ThreadPageQuery, lang: str, part: Literal["listing", "fragment"]
) -> Rendered:
    async def render() -> bytes:
        thread, shown = await load_thread(call, query)
        draw = call.state.pages.fragment if part == "fragment" else call.state.pages.listing
        return draw(thread, shown, site=call.here, lang=lang)

    variant = (part, query.cursor, query.limit, lang)
    return await call.state.threads.get(call.here.id, page_id(query.page), variant, render)


def page_response(
    call: Call, page: Address, lang: str, listing: bytes, form: FormView, status: int = 200
) -> Response:
    """The whole page around a listing; kept by nobody unless the caller says so: its form has a token."""
    origins = " ".join(sorted(call.here.origins))
    return Response(
        call.state.pages.page(listing, site=call.here, page=page, lang=lang, form=form),
        status,
        {
            "Cache-Control": "no-store",
            "Content-Language": lang,
            # With no-referrer, browsers send `Origin: null` with a form, as a stranger's page would.
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
            f"base-uri 'none'; frame-ancestors 'self' {origins}",
            "Vary": "Accept, Origin",
            "X-Robots-Tag": "noindex",
        },
        media_type="text/html",
    )


def _page(raw: str, index: int, site: Site) -> Address:
    try:
        page = parse_page(raw)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError(f"/page/{index}", refusal.code, refusal.detail)]) from None
    refuse_foreign_page(page, site, f"/page/{index}")
    return page
