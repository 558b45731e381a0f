"""Places in an order of the queue, and the opaque cursors that name them: the last row's key and id."""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from service.errors import InvalidRequest
from service.model.queue import Order

_SHAPE: Final = struct.Struct(">Bq16s")
_FLOAT: Final = struct.Struct(">d")
_INTEGER: Final = struct.Struct(">q")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ORDERS: Final = tuple(Order)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one row stands: by `key` (nought where the order is by age), then by id."""

    key: float | datetime
    id: UUID


def encode(order: Order, place: Place) -> str:
    """The cursor of what follows this place."""
    key = place.key
    number = (
        (key - _EPOCH) // timedelta(microseconds=1)
        if isinstance(key, datetime)
        else _INTEGER.unpack(_FLOAT.pack(key))[0]
    )
    raw = _SHAPE.pack(_ORDERS.index(order), number, place.id.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(order: Order, cursor: str | None) -> Place | None:
    """The place that a cursor of this order names, None for none; `InvalidRequest` where it is not one."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
        number, value, identifier = _SHAPE.unpack(raw)
        if _ORDERS[number] is not order:
            raise ValueError
        if order is Order.DEADLINE:
            return Place(_EPOCH + timedelta(microseconds=value), UUID(bytes=identifier))
        return Place(float(_FLOAT.unpack(_INTEGER.pack(value))[0]), UUID(bytes=identifier))
    except (ValueError, binascii.Error, struct.error, IndexError, OverflowError):
        raise InvalidRequest(
            "invalid_cursor", "This cursor is not one that this listing gave, in this order. Start over."
        ) from None
