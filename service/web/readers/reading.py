"""What readers read: threads as JSON and as HTML."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeVar
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service.errors import FieldError, InvalidFields, InvalidRequest, OriginNotAllowed, SiteNotFound
from service.ids import parse_id
from service.model.authoring import Told
from service.model.comments import Order, PublishedComment
from service.model.sites import Site, page_id
from service.model.urls import MAX_URL, Address, parse_page
from service.store import cursors, sites, threads
from service.usecases import form_tokens, own_comments
from service.usecases.author_tokens import may_see
from service.web.drawing.languages import language_of
from service.web.drawing.listing import ThreadView
from service.web.drawing.own import OwnView
from service.web.drawing.rendering import FormView, ReportView
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import origin_of
from service.web.wire.base import In, by_rule
from service.web.wire.coding import Rendered, coding_of
from service.web.wire.readers import PublishedOut, ThreadOut

_CACHING: Final = "public, max-age=15, stale-while-revalidate=60"
PageField = Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)]


class ThreadQuery(In):
    """Which page of which thread."""

    page: PageField = Field(description="The article's address.")
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    sort: Order = Field(Order.OLDEST, description="Which exchange comes first.")
    around: str | None = Field(
        None, max_length=36, description="Begin where this comment is shown; in place of a cursor."
    )


AnyQuery = TypeVar("AnyQuery", bound=ThreadQuery)


class ThreadPageQuery(ThreadQuery):
    """The same, and how it should look."""

    lang: str | None = Field(None, max_length=35, description="BCP 47 tag of the interface's language.")
    shape: Literal["page", "fragment", "light"] = Field(
        "page", description="A whole page; what the widget shows; or the same for an article to include."
    )
    form: Literal["top", "bottom"] = Field(
        "bottom", description="Where the form is: above the comments, or below."
    )
    sent: str | None = Field(None, max_length=8, description="Set after a form was sent.")
    reply: str | None = Field(None, max_length=36, description="The comment that the form replies to.")
    report: str | None = Field(None, max_length=36, description="The comment that is to be reported.")
    reported: str | None = Field(None, max_length=8, description="Set after a report was sent.")
    mine: str | None = Field(
        None, max_length=128, description="The view token of an own comment, to see how it stands."
    )


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
    query = await _begun(call, query)
    rendered = await call.state.threads.get(
        call.here.id,
        page_id(query.page),
        ("json", *_place(query)),
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


async def load_thread(call: Call, query: ThreadQuery) -> tuple[ThreadOut, Sequence[PublishedComment]]:
    """One page of a thread from the database."""
    page, after = page_id(query.page), cursors.decode(query.cursor, 2)
    async with call.ctx.db.view() as conn:
        state = await sites.page_state(conn, call.here.id, page)
        start = (after[0], after[1]) if after else None
        shown = await threads.page(conn, call.here.id, page, start, query.limit + 1, query.sort)
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
    """The representation, coded as the client takes it, or 304 for one that has it (RFC 9110, section 13)."""
    body, etag, coding = rendered.coded(coding_of(request.headers.get("accept-encoding", "")))
    known = {"ETag": etag, "Cache-Control": _CACHING, "Vary": "Accept, Accept-Encoding, Origin", **headers}
    if rendered.stale_for is not None:
        known |= stale(rendered.stale_for)
    if has_already(request, etag):
        return Response(b"", 304, known, media_type=media_type)
    return Response(body, 200, known | coding, media_type=media_type)


def stale(seconds: int) -> dict[str, str]:
    """What says that an answer is an old copy, and how old (RFC 9111, 5.1; RFC 9211, 2.4)."""
    return {"Age": str(seconds), "Cache-Status": f"greenroom; hit; ttl=-{seconds}"}


def has_already(request: Request, etag: str) -> bool:
    """Whether the client holds this representation, by weak comparison (RFC 9110, 8.8.3.2)."""
    tags = request.headers.get("if-none-match", "").replace("W/", "").split(",")
    return etag.removeprefix("W/") in map(str.strip, tags)


async def _begun(call: Call, query: AnyQuery) -> AnyQuery:
    """The query with the cursor that a comment to be shown stands for."""
    wanted = parse_id(query.around or "")
    if wanted is None:
        return query
    async with call.ctx.db.view() as conn:
        found = await threads.before(conn, call.here.id, page_id(query.page), wanted, query.limit, query.sort)
    cursor = cursors.encode(*found) if found else None
    return query.model_copy(update={"cursor": cursor})


def _place(query: ThreadQuery) -> tuple[str | int | None, ...]:
    """What tells this page of a thread from its others."""
    return query.cursor, query.limit, query.sort


async def _as_json(call: Call, query: ThreadQuery) -> bytes:
    thread, _ = await load_thread(call, query)
    return thread.model_dump_json().encode()


async def _html(call: Call, query: ThreadPageQuery) -> Response:
    refuse_foreign_page(query.page, call.here)
    query = await _begun(call, query)
    page, lang = page_id(query.page), language_of(query.lang, call.here.language)
    if query.shape == "light":
        rendered = await _part(call, query, lang, "light")
        return conditional(call.request, rendered, "text/html", **{"Content-Language": lang})
    if query.shape == "fragment":
        rendered = await _part(call, query, lang, "fragment")
        token = form_tokens.issue(call.ctx, call.here.id, page)
        known = {"X-Form-Token": token, "Content-Language": lang}
        return conditional(call.request, rendered, "text/html", **known)
    listing = await _part(call, query, lang, "listing")
    parent = parse_id(query.reply or "")
    own, published = await _own(call, query, lang) if query.mine else ("", False)
    form = FormView(
        token=form_tokens.issue(call.ctx, call.here.id, page),
        values={"parent": str(parent)} if parent else {},
        sent=query.sent is not None,
        reported=query.reported is not None,
        first=query.form == "top",
        published=published,
    )
    report = report_view(call, parse_id(query.report or ""))
    response = page_response(call, query.page, lang, listing.body, form, own=own, report=report)
    if own:
        return response
    # Weak, and another one each hour and for each form: below it differs its token, which is good for a day.
    hour = int(call.ctx.clock().timestamp()) // 3600
    etag = f'W/"{listing.etag[1:-1]}-{call.here.asks.tag}-{hour}"'
    response.headers.update({"ETag": etag, "Cache-Control": "private, no-cache"})
    if listing.stale_for is not None:
        response.headers.update(stale(listing.stale_for))
    if has_already(call.request, etag):
        response.status_code, response.body = 304, b""
        del response.headers["content-length"]
    return response


async def _part(
    call: Call, query: ThreadPageQuery, lang: str, part: Literal["listing", "fragment", "light"]
) -> Rendered:
    pages, site = call.state.pages, call.here
    # What stands in somebody else's page names us in its addresses, and has the form's token in itself.
    home = origin_of(call.ctx, call.request) if part == "light" else ""

    async def render() -> bytes:
        thread, shown = await load_thread(call, query)
        token = form_tokens.issue(call.ctx, site.id, page_id(query.page)) if home else ""
        view = ThreadView(query.sort, query.cursor is not None, home, token, query.form == "top")
        draw = pages.listing if part == "listing" else pages.fragment
        return draw(thread, shown, site=site, lang=lang, view=view)

    variant = (part, *_place(query), query.form, lang, home, site.asks)
    return await call.state.threads.get(site.id, page_id(query.page), variant, render)


async def _own(call: Call, query: ThreadPageQuery, lang: str) -> tuple[str, bool]:
    """What a view token shows, if its comment is not in the listing itself; and whether it is there."""
    comment_id, page, now = may_see(call.ctx, query.mine or ""), page_id(query.page), call.ctx.clock()
    wanted = [comment_id] if comment_id else []
    found = await own_comments.look_at_all(call.ctx, call.here, page, wanted)
    views = [OwnView.of(comment, now, acts=False) for comment in found]
    shown = [view for view in views if view.told in {Told.PENDING, Told.NOT_PUBLISHED}]
    if not shown:
        return "", any(view.told is Told.PUBLISHED for view in views)
    return call.state.pages.own(shown, str(query.page), site=call.here, lang=lang, closed=True), False


def report_view(call: Call, comment_id: UUID | None, sentence: str = "", code: str = "") -> ReportView:
    """The form that reports this comment, for the page without script."""
    if comment_id is None:
        return ReportView()
    action = f"/v1/sites/{call.here.slug}/comments/{comment_id}/reports"
    return ReportView(comment_id, action, sentence, code)


def page_response(
    call: Call,
    page: Address,
    lang: str,
    listing: bytes,
    form: FormView,
    status: int = 200,
    *,
    own: str = "",
    report: ReportView | None = None,
) -> Response:
    """The whole page around a listing; kept by nobody unless the caller says so: its form has a token."""
    origins = " ".join(sorted(call.here.origins))
    pages, shown = call.state.pages, report or ReportView()
    return Response(
        pages.page(listing, site=call.here, page=page, lang=lang, form=form, own=own, report=shown),
        status,
        {
            "Cache-Control": "no-store",
            "Content-Language": lang,
            # With no-referrer, browsers send `Origin: null` with a form, as a stranger's page would.
            "Referrer-Policy": "same-origin",
            # The widget in a frame of ours reads from here, and proofs of work have a frame of their own.
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
            "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
            f"frame-ancestors 'self' {origins}",
            "Vary": "Accept, Origin",
            "X-Robots-Tag": "noindex",
        },
        media_type="text/html",
    )
