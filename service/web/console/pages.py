"""The console: pages for moderators, drawn on the server; every change is a form and needs no script."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import (
    AlreadyDecided,
    CommentNotFound,
    FieldError,
    FieldRefused,
    InvalidFields,
    ServiceError,
)
from service.ids import parse_id
from service.model.decisions import MAX_NOTE, Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.queue import Order
from service.store import comments, notes, people, revisions
from service.store.database import Connection
from service.web.api.moderation import decide_and_show
from service.web.api.queue import find
from service.web.api.reports import compared
from service.web.console import triage
from service.web.console.addresses import DECIDED, QUEUE, comment_page, queue, with_notice
from service.web.console.frame import go_on, page
from service.web.console.notices import NoticeQuery, around, notice_of, parents_of, sites_of
from service.web.console.sign_in import (
    HTML,
    OwnForm,
    failure_page,
    require_own_form,
)
from service.web.console.view import Draft, card
from service.web.http.endpoint import Call, endpoint
from service.web.wire.queue import FiltersIn

PAGE_SIZE: Final = 25
DECIDED_SIZE: Final = 50


class QueueQuery(FiltersIn, NoticeQuery):
    """Which part of the queue, and how."""

    plain: Literal["1"] | None = Field(None, description="Forms only, also where scripts run.")
    view: Literal["queue", "campaigns"] | None = None
    cursor: StrictStr | None = Field(None, max_length=64)


class DecisionForm(OwnForm):
    """The fields of a decision's form. A form's fields are strings, so the version is read from one."""

    action: Action
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    back: StrictStr | None = Field(None, max_length=1200)


async def decision_failed(call: Call, error: ServiceError) -> Response:
    """Too late means back, with who was quicker; a refused note is shown again with what is wrong."""
    comment_id = parse_id(call.request.path_params["comment_id"])
    if comment_id and isinstance(error, AlreadyDecided):
        return go_on(with_notice(call.given.get("back"), "late", comment_id))
    if comment_id and isinstance(error, InvalidFields):
        note = str(call.given.get("note") or "")
        draft = Draft(note, [found.detail for found in error.errors])
        return await _comment_page(call, comment_id, NoticeQuery(), draft=draft, status=422)
    return await failure_page(call, error)


@endpoint("GET", QUEUE, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_queue(call: Call, query: QueueQuery) -> Response:
    """What waits, oldest first unless said: the triage view, and the same as forms."""
    found = await find(call, query.filters(call.principal.name), query.cursor, PAGE_SIZE)
    async with call.ctx.db.read(moderation=True) as conn:
        mine, parents, notice = await around(conn, call.principal, found.comments, query)
        chosen = await _preferences(conn, call.principal)
    asked = triage.asked_of(call.request)
    return page(
        call,
        "queue.html",
        headers=None if query.plain else triage.HEADERS,
        island=None if query.plain or not mine else triage.settings(call, mine, chosen),
        cards=[card(comment, parents.get(comment.parent_id)) for comment in found.comments],
        sites=mine,
        site=query.site,
        order=query.order or Order.OLDEST,
        asked=asked,
        unsought=queue(**{name: value for name, value in asked.items() if name != "q"}),
        views=triage.views_of(asked),
        plain=query.plain,
        is_start=query.cursor is None,
        back=queue(**asked, cursor=query.cursor, plain=query.plain),
        start=queue(**asked, plain=query.plain),
        more=queue(**asked, cursor=found.next, plain=query.plain) if found.next else None,
        notice=notice,
    )


@endpoint("GET", DECIDED, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_decided(call: Call, query: NoticeQuery) -> Response:
    """What was decided lately, newest first."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await sites_of(conn, call.principal)
        found = await comments.decided_lately(conn, [site.id for site in mine], DECIDED_SIZE)
        notice = await notice_of(conn, call.principal, mine, query)
    return page(call, "decided.html", cards=list(map(card, found)), sites=mine, back=DECIDED, notice=notice)


@endpoint(
    "GET",
    "/console/comments/{comment_id}",
    tag="console",
    needs=Scope.READ,
    media=HTML,
    error_page=failure_page,
)
async def show_comment(call: Call, comment_id: UUID, query: NoticeQuery) -> Response:
    """One comment with everything that was decided on it."""
    return await _comment_page(call, comment_id, query)


@endpoint(
    "POST",
    "/console/comments/{comment_id}/decisions",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=decision_failed,
)
async def add_decision_by_form(call: Call, comment_id: UUID, body: DecisionForm) -> Response:
    """Approve, reject or undo, and go back to where the form was."""
    require_own_form(call, body.csrf)
    try:
        choice = Choice(body.action, body.version, body.reason, body.note)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/note", refusal.code, refusal.detail)]) from None
    await decide_and_show(call, comment_id, choice)
    return go_on(with_notice(body.back, "decided", comment_id))


async def _comment_page(
    call: Call,
    comment_id: UUID,
    query: NoticeQuery,
    *,
    draft: Draft | None = None,
    status: int = 200,
) -> Response:
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await sites_of(conn, call.principal)
        found = await comments.get(conn, [site.id for site in mine], comment_id)
        if found is None:
            raise CommentNotFound
        parents = await parents_of(conn, [found.site_id], [found])
        notice = await notice_of(conn, call.principal, mine, query)
        earlier = await revisions.of_comment(conn, found.site_id, comment_id)
        told = await notes.of_comment(conn, [found.site_id], comment_id)
        colleagues = await notes.colleagues(conn, found.site_id)
    return page(
        call,
        "comment.html",
        status=status,
        revisions=compared(found, earlier),
        notes=told,
        colleagues=[name for name in colleagues if name != call.principal.name],
        card=card(found, parents.get(found.parent_id)),
        sites=mine,
        back=comment_page(comment_id),
        draft=draft or Draft(),
        notice=notice,
    )


async def _preferences(conn: Connection, caller: Principal) -> Mapping[str, object]:
    """What a moderator set for the console; a program has none."""
    return await people.preferences(conn, caller.moderator_id) if caller.moderator_id else {}
