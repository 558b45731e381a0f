"""The console: pages for moderators, drawn on the server; every change is a form and needs no script."""

from collections.abc import Sequence
from typing import Annotated, Final
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
    SiteNotFound,
)
from service.ids import parse_id
from service.model.comments import Comment
from service.model.decisions import MAX_NOTE, Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store import comments, cursors, sites
from service.store.database import Connection
from service.web.console_addresses import DECIDED, QUEUE, comment_page, go_on, queue, with_notice
from service.web.console_sign_in import (
    HTML,
    OwnForm,
    failure_page,
    require_own_form,
    show_sign_in,
    sign_in,
    sign_out,
)
from service.web.console_view import Draft, Notice, card, page
from service.web.endpoint import Call, Endpoint, endpoint
from service.web.moderation import decide_and_show
from service.web.wire import In

PAGE_SIZE: Final = 25
DECIDED_SIZE: Final = 50


class NoticeQuery(In):
    """Which comment the notice is about; only its id, so that no address can put words on the page."""

    decided: StrictStr | None = Field(None, max_length=36)
    late: StrictStr | None = Field(None, max_length=36)


class QueueQuery(NoticeQuery):
    """Which part of the queue."""

    site: StrictStr | None = Field(None, max_length=63)
    cursor: StrictStr | None = Field(None, max_length=64)


class DecisionForm(OwnForm):
    """The fields of a decision's form. A form's fields are strings, so the version is read from one."""

    action: Action
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    back: StrictStr | None = Field(None, max_length=512)


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
    """What waits, oldest first."""
    after = cursors.decode(query.cursor, 1)
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await _sites(conn, call.principal)
        wanted = [site.id for site in mine if query.site in {None, site.slug}]
        if query.site and not wanted:
            raise SiteNotFound(query.site)
        start = after[0] if after else comments.FIRST
        found = await comments.queue_page(conn, wanted, start, PAGE_SIZE + 1)
        shown = found[:PAGE_SIZE]
        parents = await _parents(conn, wanted, shown)
        notice = await _notice(conn, call.principal, mine, query)
    more = cursors.encode(shown[-1].id) if len(found) > PAGE_SIZE else None
    return page(
        call,
        "queue.html",
        cards=[card(comment, parents.get(comment.parent_id)) for comment in shown],
        sites=mine,
        site=query.site,
        is_start=after is None,
        back=queue(site=query.site, cursor=query.cursor),
        start=queue(site=query.site),
        more=queue(site=query.site, cursor=more) if more else None,
        notice=notice,
    )


@endpoint("GET", DECIDED, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_decided(call: Call, query: NoticeQuery) -> Response:
    """What was decided lately, newest first."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await _sites(conn, call.principal)
        found = await comments.decided_lately(conn, [site.id for site in mine], DECIDED_SIZE)
        notice = await _notice(conn, call.principal, mine, query)
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


CONSOLE: Final[tuple[Endpoint, ...]] = (
    show_sign_in,
    sign_in,
    sign_out,
    show_queue,
    show_decided,
    show_comment,
    add_decision_by_form,
)


async def _comment_page(
    call: Call,
    comment_id: UUID,
    query: NoticeQuery,
    *,
    draft: Draft | None = None,
    status: int = 200,
) -> Response:
    async with call.ctx.db.read(moderation=True) as conn:
        mine = await _sites(conn, call.principal)
        found = await comments.get(conn, [site.id for site in mine], comment_id)
        if found is None:
            raise CommentNotFound
        parents = await _parents(conn, [found.site_id], [found])
        notice = await _notice(conn, call.principal, mine, query)
    return page(
        call,
        "comment.html",
        status=status,
        card=card(found, parents.get(found.parent_id)),
        sites=mine,
        back=comment_page(comment_id),
        draft=draft or Draft(),
        notice=notice,
    )


async def _sites(conn: Connection, caller: Principal) -> Sequence[Site]:
    return [site for site in await sites.every(conn) if caller.sees(site.id)]


async def _parents(
    conn: Connection, site_ids: Sequence[int], shown: Sequence[Comment]
) -> dict[UUID | None, Comment]:
    """What the shown comments reply to."""
    wanted = dict.fromkeys(comment.parent_id for comment in shown if comment.parent_id)
    found = [await comments.get(conn, site_ids, comment_id) for comment_id in wanted]
    return {comment.id: comment for comment in found if comment}


async def _notice(
    conn: Connection, caller: Principal, mine: Sequence[Site], query: NoticeQuery
) -> Notice | None:
    comment_id = parse_id(query.late or query.decided or "")
    if comment_id is None:
        return None
    comment = await comments.get(conn, [site.id for site in mine], comment_id)
    if comment is None or not comment.decisions:
        return None
    latest = comment.decisions[-1]
    return Notice(comment, latest, came_late=query.late is not None, is_own=latest.by == caller.name)
