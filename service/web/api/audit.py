"""The audit trail: page by page, and exported as a stream."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field
from starlette.responses import Response, StreamingResponse

from service.errors import Forbidden, InvalidRequest, SiteNotFound
from service.model.people import AuditEvent, Principal, Scope
from service.store import audit, sites
from service.store.audit import NEWEST, Moment, Search
from service.store.database import Connection
from service.web.api.people import site_names
from service.web.http.endpoint import Call, endpoint
from service.web.wire.audit import EventOut, EventsOut, as_csv, as_ndjson, csv_head, event_out
from service.web.wire.base import In

_INSTALLATION: Final = 0
_BATCH: Final = 500


class SearchQuery(In):
    """Which events: all that is given must fit."""

    site: str | None = Field(None, max_length=63, description="Only this site.")
    actor: str | None = Field(None, max_length=64)
    action: str | None = Field(None, max_length=64, description="One, or a family: `comment`.")
    target: str | None = Field(None, max_length=500, description="What it was done to, exactly.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def search(self) -> Search:
        """As the store asks for it."""
        return Search(self.actor, self.action, self.target, self.since, self.until)


class EventsQuery(SearchQuery):
    """Which part of them."""

    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ExportQuery(SearchQuery):
    """In which format."""

    format: Literal["ndjson", "csv"] = "ndjson"


@endpoint("GET", "/v1/audit", tag="audit", needs=Scope.READ, problems=(InvalidRequest, SiteNotFound))
async def read_audit(call: Call, query: EventsQuery) -> EventsOut:
    """Who did what, newest first: on your sites, and for admins of every site, everywhere."""
    return await events_page(call, query)


@endpoint(
    "GET",
    "/v1/audit/export",
    tag="audit",
    needs=Scope.EXPORT,
    media=("application/x-ndjson", "text/csv"),
    problems=(SiteNotFound, Forbidden),
)
async def export_audit(call: Call, query: ExportQuery) -> Response:
    """All of it as a stream, newest first; no cell of the CSV is a formula."""
    async with call.ctx.db.transaction(moderation=True) as conn:
        site_ids = await _visible(conn, call.principal, query.site)
        own = AuditEvent("audit.exported", call.principal.name, site_ids[0] if query.site else _INSTALLATION)
        await audit.record(conn, own)
    kind = "text/csv; charset=utf-8; header=present" if query.format == "csv" else "application/x-ndjson"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="audit.{query.format}"',
        "Content-Type": kind,
    }
    return StreamingResponse(_stream(call, site_ids, query), headers=headers)


async def events_page(call: Call, query: EventsQuery) -> EventsOut:
    """A page of the trail, for the wire."""
    before = Moment.decode(query.cursor)
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await _visible(conn, call.principal, query.site)
        found = await audit.page(conn, site_ids, query.search(), before, query.limit)
    names = await site_names(call)
    more = found[-1].moment.encode() if len(found) == query.limit else None
    return EventsOut(events=[event_out(event, names) for event in found], next=more)


async def _visible(conn: Connection, caller: Principal, slug: str | None) -> Sequence[int]:
    """The sites whose events the caller may see; 0 is the installation."""
    site_ids = await sites.visible(conn, caller)
    if slug is not None:
        found = await sites.by_slug(conn, slug)
        if found is None or found[0].id not in site_ids:
            raise SiteNotFound(slug)
        return [found[0].id]
    return [*site_ids, _INSTALLATION] if caller.governs else site_ids


async def _stream(call: Call, site_ids: Sequence[int], query: ExportQuery) -> AsyncIterator[str]:
    """Batch by batch, so that a long trail needs no memory and no connection for long."""
    names, before = await site_names(call), NEWEST
    if query.format == "csv":
        yield csv_head()
    while True:
        async with call.ctx.db.read(moderation=True) as conn:
            found = await audit.page(conn, site_ids, query.search(), before, _BATCH)
        events: list[EventOut] = [event_out(event, names) for event in found]
        if events:
            yield as_csv(events) if query.format == "csv" else as_ndjson(events)
        if len(found) < _BATCH:
            return
        before = found[-1].moment
