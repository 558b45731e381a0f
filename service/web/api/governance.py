"""Pages are closed and opened; the rest of governance is on the command line so far."""

from typing import Annotated

from pydantic import Field

from service.errors import Forbidden, InvalidFields, SiteNotFound
from service.model.people import Scope
from service.model.sites import page_id
from service.model.urls import MAX_URL, Address, parse_page
from service.usecases.govern import set_page_closed
from service.web.http.endpoint import Call, endpoint
from service.web.readers.reading import refuse_foreign_page
from service.web.wire.base import In, by_rule
from service.web.wire.sites import PageIn, PageOut


class PageQuery(In):
    """Which page."""

    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)] = Field(
        description="The article's address."
    )


@endpoint(
    "PUT",
    "/v1/sites/{site}/page",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, Forbidden, InvalidFields),
)
async def set_page(call: Call, query: PageQuery, body: PageIn) -> PageOut:
    """Close a page to new comments, or open it again."""
    site = await call.own_site()
    refuse_foreign_page(query.page, site)
    await set_page_closed(call.ctx, site, query.page, closed=body.closed, actor=call.principal.name)
    call.state.threads.drop(site.id, page_id(query.page))
    return PageOut(page=str(query.page), closed=body.closed)
