"""Opaque keyset cursors: where a listing goes on, as base64url of the last row's ids."""

import base64
import binascii
from uuid import UUID

from service.errors import InvalidRequest


def encode(*ids: UUID) -> str:
    """A cursor of one or more ids."""
    return base64.urlsafe_b64encode(b"".join(i.bytes for i in ids)).rstrip(b"=").decode()


def decode(cursor: str | None, count: int) -> tuple[UUID, ...] | None:
    """The `count` ids in `cursor`, None for no cursor; `InvalidRequest` when it is not one of ours."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 16 * count:
        raise InvalidRequest("invalid_cursor", "This cursor is not one that a listing gave. Start over.")
    return tuple(UUID(bytes=raw[i : i + 16]) for i in range(0, len(raw), 16))
