"""The audit trail: events, and how they are exported."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import Field

from service.store.audit import StoredEvent
from service.web.wire.base import Out

# What a spreadsheet may take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class EventOut(Out):
    """Who did what to what, when, and from where."""

    id: int
    at: datetime
    site: str | None = Field(description="Null: the installation itself.")
    actor: str
    action: str
    target: str | None
    before: str | None
    after: str | None
    network: str | None = Field(description='A client\'s /24 or /48, or "command"; null: the service.')
    request_id: UUID | None


class EventsOut(Out):
    """A page of the trail, newest first."""

    events: list[EventOut]
    next: str | None = Field(description="The cursor of older events, if there are any.")


COLUMNS: Final = tuple(EventOut.model_fields)


def event_out(event: StoredEvent, sites: dict[int, str]) -> EventOut:
    """An event with its site by name."""
    return EventOut(
        id=event.id,
        at=event.at,
        site=sites.get(event.site_id),
        actor=event.actor,
        action=event.action,
        target=event.target,
        before=event.before,
        after=event.after,
        network=event.network,
        request_id=event.request_id,
    )


def as_ndjson(events: Sequence[EventOut]) -> str:
    """One JSON object a line: the faithful export."""
    return "".join(json.dumps(event.model_dump(mode="json")) + "\n" for event in events)


def csv_head() -> str:
    """The line of column names."""
    return _csv([COLUMNS])


def as_csv(events: Sequence[EventOut]) -> str:
    """Lines of RFC 4180, in which no cell is a formula."""
    return _csv([[cell(value) for value in event.model_dump(mode="json").values()] for event in events])


def cell(value: object) -> str:
    """A value as text; an apostrophe leads what a spreadsheet would calculate."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
