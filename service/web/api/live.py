"""What happens, as it happens: server-sent events for consoles. Asking again stays the truth."""

import json
import time
from collections.abc import AsyncIterator
from random import SystemRandom
from typing import Final

from pydantic import Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from service.errors import InvalidRequest, SiteNotFound, Unauthenticated, Unavailable
from service.model.events import Event, Position, parse_position
from service.model.people import Scope
from service.store import events
from service.web.http.endpoint import Call, endpoint
from service.web.http.live import Lagging, Listener
from service.web.http.security import principal
from service.web.wire.base import In

# Whoever listened so long asks anew, and shows again who they are.
_LASTS_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 0.5
# Whose session or token has ended in the meantime is told nothing more after so long.
_ASK_SECONDS: Final = 10.0
_AT_ONCE: Final = 500
_chance: Final = SystemRandom()


class LiveQuery(In):
    """Which events."""

    site: str | None = Field(None, max_length=63, description="Only this site.")
    after: str | None = Field(
        None, max_length=64, description="The last event's id, of a client that cannot send Last-Event-ID."
    )


@endpoint(
    "GET",
    "/v1/events",
    tag="moderation",
    needs=Scope.READ,
    media=("text/event-stream",),
    headers=("Last-Event-ID",),
    problems=(InvalidRequest, SiteNotFound, Unavailable),
)
async def follow_events(call: Call, query: LiveQuery) -> Response:
    """Follow what happens to comments: `new`, `decided`, `taken`, `returned`, `edited`, `reported`.
    `flood` is about a site, and its comment is nought: version 1 where a flood began, 0 where it ended.

    Each event's data is `{"kind", "site", "comment", "version", "by", "at"}`. The first is `ready`. A client
    that says in Last-Event-ID, or as `after`, which it saw last gets what it missed; `reset` tells it that
    too much was missed, so that it has to ask for everything again. The stream ends after ten minutes.
    """
    # A browser that comes back by itself sends the header, to the address that it began with.
    raw = call.request.headers.get("last-event-id") or query.after
    since = parse_position(raw) if raw else None
    if query.site is not None:
        site, _ = await call.state.sites.by_slug(query.site)
        if not call.principal.sees(site.id):
            raise SiteNotFound(query.site)
    if call.state.feed.is_full:
        raise Unavailable("Too many consoles listen already. Look again in a while.", 30)
    return EventSourceResponse(_told(call, since, query.site), send_timeout=30)


async def _told(call: Call, since: Position | None, slug: str | None) -> AsyncIterator[ServerSentEvent]:
    """Everything from `since` on that this caller may know of, and what happens from now."""
    async with call.state.feed.listen() as (listener, now):
        yield _message("ready", since or now, retry=2_000 + _chance.randrange(2_000))
        try:
            async for event in _all_from(call, listener, since, now):
                if call.principal.sees(event.site_id) and slug in {None, event.site}:
                    yield _message(event.kind.value, event.at, event)
        except Lagging:
            yield _message("reset", now)


async def _all_from(
    call: Call, listener: Listener, since: Position | None, now: Position
) -> AsyncIterator[Event]:
    asked = time.monotonic()
    until = asked + _LASTS_SECONDS
    if since is not None and since != now:
        async for event in _missed(call, since, now):
            yield event
    while time.monotonic() < until and not call.state.draining:
        told = await listener.next(_LOOK_SECONDS)
        if time.monotonic() - asked >= _ASK_SECONDS:
            if not await _is_still_there(call):
                return
            asked = time.monotonic()
        if told is not None:
            yield told


async def _is_still_there(call: Call) -> bool:
    """Whether the caller is still let in; a database that does not answer is no reason to end."""
    try:
        call.caller = (await principal(call.ctx, call.request)).within(Scope.READ)
    except Unauthenticated:
        return False
    except Unavailable:
        pass
    return True


async def _missed(call: Call, since: Position, now: Position) -> AsyncIterator[Event]:
    """What happened in between; `Lagging` where that is not known any more."""
    async with call.ctx.db.read(moderation=True) as conn:
        if not await events.is_kept(conn, since):
            raise Lagging
    while since < now:
        async with call.ctx.db.read(moderation=True) as conn:
            found = await events.after(conn, since, _AT_ONCE)
        for event in found:
            if event.at > now:
                return
            yield event
            since = event.at
        if not found:
            return


def _message(
    kind: str, at: Position, event: Event | None = None, *, retry: int | None = None
) -> ServerSentEvent:
    data: dict[str, object] = {"kind": kind}
    if event is not None:
        data |= {
            "site": event.site,
            "comment": str(event.comment_id),
            "version": event.version,
            "by": event.by,
            "at": event.happened_at.isoformat(),
        }
    return ServerSentEvent(json.dumps(data), event=kind, id=str(at), retry=retry)
