"""How many comments pages have: for front pages, which ask about all their articles at once."""

from typing import Final

from pydantic import Field
from starlette.responses import Response

from service.errors import FieldError, FieldRefused, InvalidFields, OriginNotAllowed, SiteNotFound
from service.model.sites import Site, page_id
from service.model.urls import Address, parse_page
from service.store import sites
from service.web.drawing.languages import language_of
from service.web.http.endpoint import Call, endpoint
from service.web.readers.reading import conditional, refuse_foreign_page
from service.web.wire.base import In
from service.web.wire.coding import Rendered
from service.web.wire.readers import CountsOut

_MOST_COUNTS: Final = 100


class CountsQuery(In):
    """Which pages to count; at most 100."""

    page: list[str] = Field(max_length=_MOST_COUNTS, description="Article addresses.")
    lang: str | None = Field(
        None, max_length=35, description="Say the counts in words too, in this language (BCP 47)."
    )


@endpoint(
    "GET",
    "/v1/sites/{site}/counts",
    tag="reading",
    public=True,
    problems=(SiteNotFound, OriginNotAllowed, InvalidFields),
    answer=CountsOut,
    headers=("If-None-Match",),
)
async def read_counts(call: Call, query: CountsQuery) -> Response:
    """How many approved comments each page has."""
    asked = {raw: page_id(_page(raw, index, call.here)) for index, raw in enumerate(query.page)}
    async with call.ctx.db.view() as conn:
        found = await sites.counts(conn, call.here.id, list(asked.values()))
    counts = {raw: found.get(page, 0) for raw, page in asked.items()}
    words = None
    if query.lang is not None:
        lang = language_of(query.lang, call.here.language)
        words = {raw: call.state.pages.counted(lang, count) for raw, count in counts.items()}
    body = CountsOut(counts=counts, words=words).model_dump_json(exclude_none=True)
    return conditional(call.request, Rendered(body.encode(), kept=False), "application/json")


def _page(raw: str, index: int, site: Site) -> Address:
    try:
        page = parse_page(raw)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError(f"/page/{index}", refusal.code, refusal.detail)]) from None
    refuse_foreign_page(page, site, f"/page/{index}")
    return page
