"""Table `audit_event`: append-only for everybody."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from service.model.people import AuditEvent
from service.store.database import Connection

RECORD: Final = """
INSERT INTO audit_event (site_id, actor, action, target, before, after, network, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
RECORD_MANY: Final = """
INSERT INTO audit_event (site_id, actor, action, target, before, after, network, request_id)
SELECT site_id, actor, action, target, before, after, $7::text, $8::uuid
  FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
    AS e(site_id, actor, action, target, before, after, place)
 ORDER BY place
"""
# Site by site, so that each is read from the end of its key and no further than the page needs.
PAGE: Final = """
SELECT e.site_id, e.id, e.at, e.actor, e.action, e.target, e.before, e.after, e.network, e.request_id
  FROM unnest($1::integer[]) AS s(id)
 CROSS JOIN LATERAL (
       SELECT site_id, id, at, actor, action, target, before, after, network, request_id
         FROM audit_event
        WHERE site_id = s.id AND id < $2
          AND ($4::text IS NULL OR actor = $4)
          AND ($5::text IS NULL OR action = $5 OR starts_with(action, $5 || '.'))
          AND ($6::text IS NULL OR target = $6)
          AND ($7::timestamptz IS NULL OR at >= $7)
          AND ($8::timestamptz IS NULL OR at < $8)
        ORDER BY id DESC
        LIMIT $3) e
 ORDER BY e.id DESC
 LIMIT $3
"""
NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Whence:
    """From where something is asked for: a client's network or "command", and the request."""

    network: str | None = None
    request_id: UUID | None = None


# Use cases know who acts and not from where; it belongs to the request as a whole, like its id in the log.
_NOWHERE: Final = Whence()
_whence: Final[ContextVar[Whence]] = ContextVar("whence", default=_NOWHERE)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it was recorded."""

    site_id: int
    id: int
    at: datetime
    actor: str
    action: str
    target: str | None
    before: str | None
    after: str | None
    network: str | None
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Search:
    """Which events: all that is given must fit. `action` may be a family, as `comment`."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@contextmanager
def coming_from(whence: Whence) -> Iterator[None]:
    """Every event that is recorded in this block comes from there."""
    token = _whence.set(whence)
    try:
        yield
    finally:
        _whence.reset(token)


def whence() -> Whence:
    """From where the present request comes."""
    return _whence.get()


async def record(conn: Connection, event: AuditEvent) -> None:
    """Write an event, in the transaction of what it tells of."""
    told, source = (event.target, event.before, event.after), whence()
    await conn.execute(
        RECORD, event.site_id, event.actor, event.action, *told, source.network, source.request_id
    )


async def record_many(conn: Connection, events: Sequence[AuditEvent]) -> None:
    """Write many events at once, in the transaction of what they tell of."""
    source = whence()
    await conn.execute(
        RECORD_MANY,
        [event.site_id for event in events],
        [event.actor for event in events],
        [event.action for event in events],
        [event.target for event in events],
        [event.before for event in events],
        [event.after for event in events],
        source.network,
        source.request_id,
    )


async def page(
    conn: Connection, site_ids: Sequence[int], search: Search, before: int, limit: int
) -> Sequence[StoredEvent]:
    """Up to `limit` events of these sites (0: of the installation) with smaller ids, newest first."""
    asked = (search.actor, search.action, search.target, search.since, search.until)
    return [_event(row) for row in await conn.fetch(PAGE, list(site_ids), before, limit, *asked)]


def _event(row: asyncpg.Record) -> StoredEvent:
    return StoredEvent(*row.values())
