"""Form tokens: proof that a form was opened here, for this page, and when.

`<issued in ms>.<nonce>.<key id>.<signature>`. The time comes back unforged, so that a form sent faster
than anyone can type is noticed, and one left open for a day gets a fresh token instead of a refusal.
"""

import re
import secrets
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import FieldError, InvalidFields, StaleForm

MAX_AGE_SECONDS: Final = 24 * 3600
_SHAPE: Final = re.compile(r"(\d{13})\.([0-9a-f]{16})\.(\d{1,5}\.[A-Za-z0-9_-]{22})", re.ASCII)
_SKEW_SECONDS: Final = 120


def issue(ctx: Context, site_id: int, page_id: UUID) -> str:
    """A token for a form on this page, good for a day."""
    issued, nonce = str(int(ctx.clock().timestamp() * 1000)), secrets.token_hex(8)
    return f"{issued}.{nonce}.{ctx.vault.sign('form-token', _message(site_id, page_id, issued, nonce))}"


def fill_seconds(ctx: Context, token: str, site_id: int, page_id: UUID) -> float:
    """How long ago the token was issued, in seconds.

    `InvalidFields` for a token that is not ours or was issued for another page, `StaleForm` with a fresh
    token for one older than a day.
    """
    shape = _SHAPE.fullmatch(token)
    if shape and ctx.vault.verify("form-token", _message(site_id, page_id, shape[1], shape[2]), shape[3]):
        age = ctx.clock().timestamp() - int(shape[1]) / 1000
        if age > MAX_AGE_SECONDS:
            raise StaleForm(issue(ctx, site_id, page_id))
        if age > -_SKEW_SECONDS:
            return max(0.0, age)
    raise InvalidFields(
        [
            FieldError(
                "/form_token",
                "form_token.invalid",
                "This form belongs to another page. Reload the page and try again.",
            )
        ]
    )


def _message(site_id: int, page_id: UUID, issued: str, nonce: str) -> bytes:
    return f"{site_id}|{page_id}|{issued}|{nonce}".encode()
