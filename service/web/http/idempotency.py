"""The header `Idempotency-Key` on decisions."""

import re
from typing import Final

from service.errors import InvalidRequest
from service.usecases.resending import Key
from service.web.http.endpoint import Call

HEADER: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")


def is_key(given: str) -> bool:
    """Whether a header or field could be a key: visible ASCII, and not too much of it."""
    return _KEY.fullmatch(given) is not None


def key_of(call: Call) -> Key | None:
    """The caller's key for this request, None without one; `InvalidRequest`."""
    given = call.request.headers.get(HEADER)
    if given is None:
        return None
    if not is_key(given):
        raise InvalidRequest("idempotency_key", "An Idempotency-Key is 1 to 128 visible ASCII characters.")
    return Key(call.principal.name, given)
