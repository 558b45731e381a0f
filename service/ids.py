"""Identifiers made before the insert, ordered by time: UUID version 7 (RFC 9562, section 5.7).

Made here and not by the database, because the sealed e-mail is bound to the comment's id, and because
PostgreSQL 16 and 17 have no `uuidv7()`.
"""

import os
import re
import time
from uuid import UUID

_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id(milliseconds: int | None = None, drawn: bytes | None = None) -> UUID:
    """A new UUIDv7: 48 bits of Unix time in milliseconds and 74 random bits.

    `drawn` are ten bytes in place of the random ones, for an id that its maker can know again.
    """
    now = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    random = int.from_bytes(os.urandom(10) if drawn is None else drawn, "big")
    value = (now & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)


def is_drawn(identifier: UUID, drawn: bytes) -> bool:
    """Whether `new_id` made this id of these ten bytes, whenever that was."""
    return identifier == new_id(made_at(identifier), drawn)


def first_id(milliseconds: int) -> UUID:
    """What no id made at this time or later lies below."""
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80)


def made_at(identifier: UUID) -> int:
    """When an id was made, in milliseconds of Unix time."""
    return identifier.int >> 80


def parse_id(text: str) -> UUID | None:
    """The id written in `text`, or None: only lower-case canonical form, 36 ASCII characters."""
    return UUID(text) if _CANONICAL.fullmatch(text) else None
