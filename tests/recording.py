"""Writes down every answer and log line of the tests, for the search for planted addresses at their end."""

import os
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict

from tests.planted import PRODUCED

# Where somebody with the right to it asks for an address itself; each is audited, or a mail proved it.
DISCLOSING = {
    "/v1/comments/{comment_id}/disclosures",
    "/console/comments/{comment_id}/disclosure",
    "/privacy/{token}/export",
    "/v1/sites/{site}/privacy/export",
    "/console/privacy",
}
# A form that was refused is shown again to its sender, as it was filled in.
_FORM = "/v1/sites/{site}/submissions"


def record(kind: str, what: bytes) -> None:
    """Append to what this process produced, if anybody wants it."""
    folder = os.environ.get(PRODUCED)
    if folder:
        with Path(folder, f"{kind}-{os.getpid()}").open("ab") as file:
            file.write(what + b"\n")


def log_line(_logger: object, _name: str, event: EventDict) -> EventDict:
    """A step of structlog's that writes each line down as it is."""
    record("log", repr(event).encode())
    return event


def recorded(app: ASGIApp) -> ASGIApp:
    """The application, each of whose answers is written down with its headers."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[bytes] = []

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                parts.append(repr((message["status"], message["headers"])).encode())
            else:
                parts.append(message.get("body", b""))
            await send(message)

        try:
            await app(scope, receive, note)
        finally:
            if not _is_meant(scope, parts):
                record("answers", b"\n".join(parts))

    return wrapped


def _is_meant(scope: Scope, parts: list[bytes]) -> bool:
    route = scope.get("state", {}).get("route")
    is_form_again = route == _FORM and bool(parts) and b"text/html" in parts[0]
    return route in DISCLOSING or is_form_again
