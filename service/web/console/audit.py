"""The page of the audit trail: searched by a form, older by a link, exported by two more."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.model.people import Scope
from service.web.api.audit import EventsQuery, events_page
from service.web.api.people import site_names
from service.web.console.addresses import AUDIT
from service.web.console.frame import page
from service.web.console.sign_in import HTML, failure_page
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

PAGE_SIZE = 50


class AuditForm(In):
    """The fields of the search; days are whole days in UTC."""

    site: StrictStr | None = Field(None, max_length=63)
    actor: StrictStr | None = Field(None, max_length=64)
    action: StrictStr | None = Field(None, max_length=64)
    target: StrictStr | None = Field(None, max_length=500)
    since: date | None = None
    until: date | None = Field(None, lt=date.max)
    cursor: StrictStr | None = Field(None, max_length=64)

    def search(self) -> dict[str, str]:
        """What is asked for, as the API is asked for it."""
        given = {"site": self.site, "actor": self.actor, "action": self.action, "target": self.target}
        found = {name: value for name, value in given.items() if value}
        if self.since:
            found["since"] = _midnight(self.since).isoformat()
        if self.until:
            found["until"] = (_midnight(self.until) + timedelta(days=1)).isoformat()
        return found


@endpoint("GET", AUDIT, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_audit(call: Call, query: AuditForm) -> Response:
    """Who did what, when, and from where; newest first."""
    search = query.search()
    asked = EventsQuery.model_validate({**search, "cursor": query.cursor, "limit": PAGE_SIZE})
    found = await events_page(call, asked)
    typed = query.model_dump(mode="json", exclude_none=True, exclude={"cursor"})
    names = await site_names(call)
    return page(
        call,
        "audit.html",
        events=found.events,
        query=typed,
        sites=[name for i, name in names.items() if call.principal.sees(i)],
        start=f"{AUDIT}?{urlencode(typed)}" if query.cursor else None,
        older=f"{AUDIT}?{urlencode({**typed, 'cursor': found.next})}" if found.next else None,
        exports={
            kind: f"/v1/audit/export?{urlencode({**search, 'format': kind})}" for kind in ("csv", "ndjson")
        },
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
