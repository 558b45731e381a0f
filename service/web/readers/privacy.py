"""Where people ask what is kept under their address, and use the link that proves it theirs.

None of it is for the pages of a site, so that there is no CORS here. Opening a link changes nothing:
scanners of mails do that.
"""

import json
from typing import Final

from pydantic import Field
from starlette.responses import Response

from service.errors import (
    InvalidFields,
    LinkGone,
    NotFound,
    NotSetUp,
    RateLimited,
    ServiceError,
    SiteNotFound,
    Unavailable,
)
from service.model.privacy import Mode
from service.usecases import privacy_requests
from service.usecases.export import as_document
from service.web.drawing.languages import language_of
from service.web.drawing.privacy import draw_ask, draw_link, draw_told, naming_of
from service.web.http.client import network_of
from service.web.http.endpoint import Call, endpoint
from service.web.http.problems import problem_of
from service.web.readers.reading import wants_html
from service.web.wire.base import In
from service.web.wire.privacy import ErasedOut, ExportOut, PrivacyRequestIn, PrivacyRequestOut

PATH: Final = "/privacy"
_LINK: Final = f"{PATH}/{{token}}"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_SENTENCES: Final[dict[type[ServiceError], str]] = {
    InvalidFields: "error.email",
    RateLimited: "error.rate_limited",
    Unavailable: "error.failed",
}


class AskQuery(In):
    """About which site, in which language."""

    site: str | None = Field(None, max_length=63)
    lang: str | None = Field(None, max_length=35)
    sent: str | None = Field(None, max_length=1, description="Set after the form was sent.")


class LinkQuery(In):
    """In which language."""

    lang: str | None = Field(None, max_length=35)


class EraseQuery(LinkQuery):
    """Whether the texts of published comments stay."""

    mode: Mode = Field(Mode.DELETE, description="What is left of published comments.")


async def ask_again(call: Call, error: ServiceError) -> Response | None:
    """For a browser's form: the form again, with what went wrong; the address is not put back into it."""
    if not (call.is_form and wants_html(call.request)):
        return None
    lang, site = _language(call, str(call.given.get("lang") or "")), call.given.get("site")
    problem = next((key for kind, key in _SENTENCES.items() if isinstance(error, kind)), "error.failed")
    is_set_up = not isinstance(error, NotSetUp)
    known = str(site) if site and not isinstance(error, SiteNotFound) else None
    text = draw_ask(lang, site=known, set_up=is_set_up, problem=problem)
    return _page(call, text, lang, problem_of(error).status)


async def link_failed(call: Call, error: ServiceError) -> Response | None:
    """For a browser: a page that says so, with the way to another link."""
    if not wants_html(call.request):
        return None
    lang = _language(call, call.request.query_params.get("lang"))
    key = "link.gone" if isinstance(error, LinkGone | NotFound) else "error.failed"
    return _page(call, draw_told(lang, key, again=True), lang, problem_of(error).status)


@endpoint("GET", PATH, tag="privacy", media=("text/html",), problems=(SiteNotFound,))
async def show_privacy(call: Call, query: AskQuery) -> Response:
    """The page where anybody asks what is kept under their address."""
    if query.site:
        await call.state.sites.by_slug(query.site)
    lang = _language(call, query.lang)
    is_set_up = call.ctx.settings.smtp_host is not None
    text = draw_ask(lang, site=query.site, set_up=is_set_up, sent=query.sent is not None)
    return _page(call, text, lang)


@endpoint(
    "POST",
    PATH,
    tag="privacy",
    status=202,
    form=True,
    error_page=ask_again,
    answer=PrivacyRequestOut,
    problems=(SiteNotFound, InvalidFields, RateLimited, NotSetUp),
)
async def ask_for_link(call: Call, body: PrivacyRequestIn) -> Response:
    """Have a link sent to an address, if anything is kept under it; the answer is always the same."""
    site = (await call.state.sites.by_slug(body.site))[0] if body.site else None
    lang = _language(call, body.lang)
    network = network_of(call.request.scope, call.ctx.settings.trusted_proxies)
    await privacy_requests.ask(call.ctx, site, body.email, lang, network)
    if call.is_form and wants_html(call.request):
        return Response(status_code=303, headers={**_HEADERS, "Location": f"{PATH}?sent=1&lang={lang}"})
    return _json(PrivacyRequestOut().model_dump_json(), 202)


@endpoint(
    "GET", _LINK, tag="privacy", media=("text/html",), error_page=link_failed, problems=(NotFound, LinkGone)
)
async def show_link(call: Call, token: str, query: LinkQuery) -> Response:
    """What the link in a mail opens: three buttons. Nothing is changed by looking."""
    await privacy_requests.look(call.ctx, token)
    lang = _language(call, query.lang)
    return _page(call, draw_link(lang, token), lang)


@endpoint(
    "POST",
    f"{_LINK}/export",
    tag="privacy",
    error_page=link_failed,
    answer=ExportOut,
    problems=(NotFound, LinkGone),
)
async def export_by_link(call: Call, token: str, query: LinkQuery) -> Response:
    """A copy of everything that is kept under the address, as a file. The link is used up."""
    email, found = await privacy_requests.export_by_link(call.ctx, token)
    document = as_document(found, email, call.ctx.clock())
    response = _json(json.dumps(document, ensure_ascii=False, indent=1), 200)
    response.headers["Content-Disposition"] = 'attachment; filename="comments.json"'
    return response


@endpoint(
    "POST",
    f"{_LINK}/erasure",
    tag="privacy",
    error_page=link_failed,
    answer=ErasedOut,
    problems=(NotFound, LinkGone),
)
async def erase_by_link(call: Call, token: str, query: EraseQuery) -> Response:
    """Erase what is kept under the address, in the way that its owner chose. The link is used up."""
    erased = await privacy_requests.erase_by_link(call.ctx, token, naming_of(query.mode))
    if wants_html(call.request):
        lang = _language(call, query.lang)
        key = "link.erased" if query.mode is Mode.DELETE else "link.anonymised"
        gone, staying = erased.comments - erased.anonymised, erased.anonymised
        return _page(call, draw_told(lang, key, count=gone, staying=staying), lang)
    return _json(ErasedOut.of(erased).model_dump_json(), 200)


def _language(call: Call, tag: str | None) -> str:
    """As the page was asked for, else the first of the browser's languages that there is."""
    spoken = call.request.headers.get("accept-language", "").split(",")
    return language_of(tag, *(part.partition(";")[0].strip() for part in spoken))


def _page(call: Call, text: str, lang: str, status: int = 200) -> Response:
    return Response(text, status, {**_HEADERS, "Content-Language": lang}, media_type="text/html")


def _json(text: str, status: int) -> Response:
    return Response(text, status, {"Cache-Control": "no-store"}, media_type="application/json")
