"""The body of every failure."""

from typing import Any

from service.web.wire.base import Out


class ErrorOut(Out):
    """One wrong field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class ProblemOut(Out):
    """RFC 9457 problem details, with the extensions that some problems have."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: list[ErrorOut] | None = None
    current: dict[str, Any] | None = None
    retry_after: int | None = None
    form_token: str | None = None
    challenge: str | None = None
