"""Table `audit_event`: append-only for everybody."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.people import AuditEvent
from service.store import cursors
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


def _reading(among: str, which: str = "") -> str:
    """Part by part, so that each is read from the end of an index and no further than the page needs.

    Nothing that may be missing is a parameter: a plan that is kept for all searches would suit none.
    """
    sql = """
SELECT e.site_id, e.id, e.at, e.actor, e.action, e.target, e.before, e.after, e.network, e.request_id
  FROM {among}
 CROSS JOIN LATERAL (
       SELECT *
         FROM audit_event
        WHERE site_id = w.site_id AND (at, id) < ($2, $3) AND at >= $4{which}
        ORDER BY at DESC, id DESC
        LIMIT $5) e
 ORDER BY e.at DESC, e.id DESC
 LIMIT $5
"""
    return sql.replace("{among}", among).replace("{which}", which)


def _each(which: str = "") -> str:
    """The actions that there are: they are few, and an index leads from each to the next."""
    sql = """
WITH RECURSIVE w AS (
    SELECT s.site_id, (
           SELECT min(e.action) FROM audit_event e WHERE e.site_id = s.site_id{which}) AS action
      FROM unnest($1::integer[]) AS s(site_id)
     UNION ALL
    SELECT w.site_id, (
           SELECT min(e.action) FROM audit_event e
            WHERE e.site_id = w.site_id AND e.action > w.action{which})
      FROM w
     WHERE w.action IS NOT NULL
)
SELECT site_id, action
  FROM w
 WHERE action = coalesce($2::text, action) OR starts_with(action, $2 || '.')
"""
    return sql.replace("{which}", which)


_SITES: Final = "unnest($1::integer[]) AS w(site_id)"
_ACTIONS: Final = "unnest($1::integer[], $6::text[]) AS w(site_id, action)"
PAGE: Final = _reading(_SITES)
PAGE_OF_ACTIONS: Final = _reading(_ACTIONS, " AND action = w.action")
PAGE_OF_ACTOR: Final = _reading(_ACTIONS, " AND action = w.action AND actor = $7")
# What was done to one thing is little, and may be looked through for the rest.
PAGE_OF_TARGET: Final = _reading(
    _SITES,
    """ AND target = $6
          AND ($7::text IS NULL OR actor = $7)
          AND ($8::text IS NULL OR action = $8 OR starts_with(action, $8 || '.'))""",
)
ACTIONS: Final = _each()
ACTIONS_OF: Final = _each(" AND e.actor = $3")
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the trail: behind everything that is later, or as late with a larger id."""

    at: datetime
    id: int

    def encode(self) -> str:
        """As a cursor."""
        return cursors.encode(UUID(int=((self.at - _EARLIEST) // _TICK << 64) + self.id))

    @classmethod
    def decode(cls, cursor: str | None) -> "Moment":
        """The place that a cursor tells; the end of the trail for none."""
        ids = cursors.decode(cursor, 1)
        if ids is None:
            return NEWEST
        ticks = min(ids[0].int >> 64, (_LATEST - _EARLIEST) // _TICK)
        return cls(_EARLIEST + ticks * _TICK, min(ids[0].int % 2**64, _LARGEST))


NEWEST: Final = Moment(_LATEST, 0)


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

    @property
    def moment(self) -> Moment:
        """Where it stands in the trail."""
        return Moment(self.at, self.id)


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
    conn: Connection, site_ids: Sequence[int], search: Search, before: Moment, limit: int
) -> Sequence[StoredEvent]:
    """Up to `limit` events of these sites (0: of the installation) from before a moment, newest first."""
    until = min(before, Moment(_within(search.until), 0), key=_order) if search.until else before
    asked = (until.at, until.id, _within(search.since or _EARLIEST), limit)
    actor, action, target = search.actor, search.action, search.target
    if target is not None:
        rows = await conn.fetch(PAGE_OF_TARGET, list(site_ids), *asked, target, actor, action)
    elif actor is not None:
        where = _columns(await conn.fetch(ACTIONS_OF, list(site_ids), action, actor))
        rows = await conn.fetch(PAGE_OF_ACTOR, where[0], *asked, where[1], actor)
    elif action is not None:
        where = _columns(await conn.fetch(ACTIONS, list(site_ids), action))
        rows = await conn.fetch(PAGE_OF_ACTIONS, where[0], *asked, where[1])
    else:
        rows = await conn.fetch(PAGE, list(site_ids), *asked)
    return [_event(row) for row in rows]


def _columns(rows: Sequence[asyncpg.Record]) -> tuple[list[int], list[str]]:
    return [row["site_id"] for row in rows], [row["action"] for row in rows]


def _within(at: datetime) -> datetime:
    """The same, or the nearest that the database can tell."""
    return min(max(at, _EARLIEST), _LATEST)


def _order(moment: Moment) -> tuple[datetime, int]:
    return moment.at, moment.id


def _event(row: asyncpg.Record) -> StoredEvent:
    return StoredEvent(*row.values())
