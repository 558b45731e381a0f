"""What consoles are told as it happens: that something changed, never what anybody wrote."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.errors import InvalidRequest

_POSITION: Final = re.compile(r"(\d{1,19})-(\d{1,18})", re.ASCII)


class Kind(StrEnum):
    """What happened to a comment; `flood` is about a site: version 1 where one began, 0 where it ended."""

    NEW = "new"
    DECIDED = "decided"
    TAKEN = "taken"
    RETURNED = "returned"
    EDITED = "edited"
    REPORTED = "reported"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the order of events: by transaction, then by id. On the wire it is `<xact>-<id>`."""

    xact: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.xact}-{self.id}"


START: Final = Position()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a comment; `version` is the comment's afterwards, `by` who did it."""

    at: Position
    kind: Kind
    site_id: int
    site: str
    comment_id: UUID
    version: int
    by: str | None
    happened_at: datetime


def parse_position(raw: str) -> Position:
    """A position as it was sent with an event; `InvalidRequest`."""
    found = _POSITION.fullmatch(raw)
    if found is None or int(found[1]) >= 1 << 63:
        raise InvalidRequest("last_event_id", "Last-Event-ID is the id of an event, such as 812-40.")
    return Position(int(found[1]), int(found[2]))
