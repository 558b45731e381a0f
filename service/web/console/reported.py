"""What readers reported: each published comment with its reports, to be rejected or left where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import AlreadyDecided, ServiceError
from service.ids import parse_id
from service.model.authoring import Reports
from service.model.people import Scope
from service.store import comments
from service.usecases.report import dismiss_reports
from service.web.api.reports import reported
from service.web.console.addresses import QUEUE, with_notice
from service.web.console.frame import go_on, page
from service.web.console.notices import NoticeQuery, notice_of, parents_of, sites_of
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.view import Card, card
from service.web.http.endpoint import Call, endpoint

REPORTED: Final = f"{QUEUE}/reported"
PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class ReportedCard:
    """A reported comment as it is drawn."""

    card: Card
    reports: Reports

    @property
    def total(self) -> int:
        """How many reports are open."""
        return sum(self.reports.counts.values())


class ReportedQuery(NoticeQuery):
    """Which part of the list, and which comment was left published a moment ago."""

    cursor: StrictStr | None = Field(None, max_length=64)
    dismissed: StrictStr | None = Field(None, max_length=36)


class DismissalForm(OwnForm):
    """The fields of the form that dismisses reports."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    last_at: datetime | None = None
    back: StrictStr | None = Field(None, max_length=512)


async def dismissal_failed(call: Call, error: ServiceError) -> Response:
    """What has changed in the meantime is shown as it is now."""
    return go_on(REPORTED) if isinstance(error, AlreadyDecided) else await failure_page(call, error)


@endpoint("GET", REPORTED, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_reported(call: Call, query: ReportedQuery) -> Response:
    """Published comments with open reports, oldest first."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await sites_of(conn, call.principal)
        shown, more = await reported(conn, call.principal, None, query.cursor, PAGE_SIZE)
        parents = await parents_of(conn, [site.id for site in mine], [comment for comment, _ in shown])
        notice = await notice_of(conn, call.principal, mine, query)
        dismissed_id = parse_id(query.dismissed or "")
        dismissed = (
            await comments.get(conn, [site.id for site in mine], dismissed_id) if dismissed_id else None
        )
    cards: Sequence[ReportedCard] = [
        ReportedCard(card(comment, parents.get(comment.parent_id)), reports) for comment, reports in shown
    ]
    return page(
        call,
        "reported.html",
        cards=cards,
        sites=mine,
        back=REPORTED,
        start=REPORTED if query.cursor else None,
        more=f"{REPORTED}?cursor={more}" if more else None,
        notice=notice,
        dismissed=dismissed,
    )


@endpoint(
    "POST",
    "/console/comments/{comment_id}/dismissals",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=dismissal_failed,
)
async def dismiss_by_form(call: Call, comment_id: UUID, body: DismissalForm) -> Response:
    """Leave a reported comment published, and go back to where the form was."""
    require_own_form(call, body.csrf)
    await dismiss_reports(call.ctx, call.principal, comment_id, body.version, body.last_at)
    return go_on(with_notice(body.back or REPORTED, "dismissed", comment_id))
