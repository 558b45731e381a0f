"""The queue in any order and under any filters, how much is in it, and taking from it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from service.errors import (
    CommentNotFound,
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    ServiceError,
    SiteNotFound,
)
from service.model.people import Scope
from service.model.queue import Filters, Found
from service.model.sites import parse_slug
from service.store import counts, queue, sites
from service.usecases import leases
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In, by_rule
from service.web.wire.moderation import CommentOut, QueueOut
from service.web.wire.queue import (
    CountOut,
    FiltersIn,
    HandOverIn,
    HeartbeatIn,
    HeldIn,
    KeptOut,
    TakeIn,
    TakenOut,
    TakeTheseIn,
    WaitingOut,
)

SEARCHING: Final[Sequence[type[ServiceError]]] = (
    InvalidFields,
    InvalidRequest,
    SiteNotFound,
    CommentNotFound,
)


class QueueQuery(FiltersIn):
    """Which part of the queue."""

    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class WaitingQuery(In):
    """Of which site."""

    site: Annotated[str, by_rule(parse_slug)] | None = Field(None, description="Only this site.")


@endpoint("GET", "/v1/queue", tag="moderation", needs=Scope.READ, problems=SEARCHING)
async def read_queue(call: Call, query: QueueQuery) -> QueueOut:
    """Comments in an order and under filters, each with its bill: what is pending, oldest first, unless said.

    Filters hold all together. Whatever others decide meanwhile, following `next` shows every comment that
    stays where it is once. One request looks at a bounded number of comments: where filters let few pass,
    a page may come short, with `partial`.
    """
    found = await find(call, query.filters(call.principal.name), query.cursor, query.limit)
    return QueueOut(
        comments=[CommentOut.of(comment) for comment in found.comments],
        next=found.next,
        partial=found.partial,
    )


async def find(call: Call, filters: Filters, cursor: str | None, limit: int) -> Found:
    """A page of what the caller sees under these filters; raises what `SEARCHING` lists."""
    async with call.ctx.db.read(moderation=True) as conn:
        try:
            sought = await queue.look_up(conn, call.principal, filters)
        except FieldRefused as refusal:
            raise _no_words(refusal) from None
        return await queue.page(conn, sought, cursor, limit)


@endpoint("GET", "/v1/queue/counts", tag="moderation", needs=Scope.READ, problems=(SiteNotFound,))
async def count_queue(call: Call, query: WaitingQuery) -> WaitingOut:
    """How many comments each view of the queue has, exact up to 999."""
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, call.principal)
        if query.site is not None:
            sought = await queue.look_up(conn, call.principal, Filters(site=query.site))
            site_ids = list(sought.site_ids)
        found = await counts.by_view(conn, site_ids, call.principal.name)
    return WaitingOut(**{name: CountOut.model_validate(count) for name, count in found.items()})


@endpoint("POST", "/v1/queue/leases", tag="moderation", needs=Scope.MODERATE, status=201, problems=SEARCHING)
async def take_comments(call: Call, body: TakeIn) -> TakenOut:
    """Take the next pending comments that nobody else holds, for a while.

    What the caller holds already is among them. A lease keeps others from taking a comment, not from
    deciding on it: there the version counts. A decision ends it; so does its time.
    """
    lasts = timedelta(seconds=body.seconds)
    filters = body.filters(call.principal.name)
    try:
        taken = await leases.take(call.ctx, call.principal, filters, body.count, lasts=lasts)
    except FieldRefused as refusal:
        raise _no_words(refusal) from None
    shown = [CommentOut.of(comment) for comment in taken.comments]
    return TakenOut(comments=shown, expires_at=taken.until, partial=taken.partial)


@endpoint("POST", "/v1/leases", tag="moderation", needs=Scope.MODERATE, problems=(InvalidFields,))
async def take_these_comments(call: Call, body: TakeTheseIn) -> KeptOut:
    """Take these pending comments, for a while; `lost` is what somebody else holds, or does not pend."""
    lasts = timedelta(seconds=body.seconds)
    return KeptOut.model_validate(
        await leases.take_these(call.ctx, call.principal, body.comments, lasts=lasts)
    )


@endpoint("GET", "/v1/leases", tag="moderation", needs=Scope.MODERATE)
async def read_leases(call: Call) -> QueueOut:
    """What the caller holds, oldest first, at most a hundred: where a client that ended goes on."""
    found = await leases.held(call.ctx, call.principal)
    return QueueOut(comments=[CommentOut.of(comment) for comment in found], next=None)


@endpoint("POST", "/v1/leases/heartbeat", tag="moderation", needs=Scope.MODERATE, problems=(InvalidFields,))
async def extend_leases(call: Call, body: HeartbeatIn) -> KeptOut:
    """Hold comments for longer. What has run out is not revived: it may be somebody else's."""
    lasts = timedelta(seconds=body.seconds)
    return KeptOut.model_validate(await leases.extend(call.ctx, call.principal, body.comments, lasts=lasts))


@endpoint("POST", "/v1/leases/hand-over", tag="moderation", needs=Scope.MODERATE, problems=(InvalidFields,))
async def hand_leases_over(call: Call, body: HandOverIn) -> KeptOut:
    """Make leases a colleague's, who holds them for a quarter of an hour then."""
    try:
        return KeptOut.model_validate(
            await leases.hand_over(call.ctx, call.principal, body.comments, body.to)
        )
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/to", refusal.code, refusal.detail)]) from None


@endpoint("POST", "/v1/leases/return", tag="moderation", needs=Scope.MODERATE, problems=(InvalidFields,))
async def give_leases_back(call: Call, body: HeldIn) -> KeptOut:
    """Let go of comments, so that others can take them at once."""
    return KeptOut.model_validate(await leases.give_back(call.ctx, call.principal, body.comments))


def _no_words(refusal: FieldRefused) -> InvalidFields:
    return InvalidFields([FieldError("/text", refusal.code, refusal.detail)])
