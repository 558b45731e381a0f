"""Reads a request's body, within limits, into a flat or nested mapping of JSON values.

Stricter than `json.loads`: UTF-8 only, no byte order mark, no NaN, no lone surrogates, no key twice
(RFC 8259 sections 4 and 8, RFC 7493).
"""

import json
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from service.errors import InvalidRequest, TooLarge, UnsupportedMediaType

JsonObject: TypeAlias = dict[str, object]

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
_MAX_FIELDS: Final = 64


def media_type(request: Request) -> str:
    """The body's media type in lower case, without parameters; `UnsupportedMediaType` for a bad charset."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in {"", "utf-8", "utf8"} and "charset" in parameters.lower():
        raise UnsupportedMediaType("Send the body as UTF-8.")
    return kind.strip().lower()


async def read(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes, else `TooLarge` before the rest is read."""
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:19]) > limit:
        raise TooLarge(_too_large(limit))
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(_too_large(limit))
            chunks.append(chunk)
    except ClientDisconnect:
        raise InvalidRequest("cut_short", "The request ended before its body did.") from None
    return b"".join(chunks)


def decode(raw: bytes, kind: str, *, form_allowed: bool) -> JsonObject:
    """The body as a mapping; `kind` is its media type."""
    if kind == JSON:
        return decode_json(raw)
    if kind == FORM and form_allowed:
        return dict(decode_form(raw))
    accepted = f"{JSON} or {FORM}" if form_allowed else JSON
    raise UnsupportedMediaType(f"Send the body as {accepted}.")


def decode_json(raw: bytes) -> JsonObject:
    """A JSON object, or `InvalidRequest`."""
    try:
        text = raw.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text:
            # Escapes can smuggle in half of a surrogate pair, which no database or browser takes.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise InvalidRequest("invalid_json", "The body is not valid JSON (RFC 8259) in UTF-8.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("invalid_json", "The body must be a JSON object.")
    return value


def decode_form(raw: bytes) -> dict[str, str]:
    """The fields of a form, each once, or `InvalidRequest`."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise InvalidRequest("invalid_form", "The body is not a valid form in UTF-8.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest("duplicate_key", "A field is given twice.")
    return fields


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidRequest("duplicate_key", "A name is given twice in the JSON body.")
    return found


def _no_constant(_name: str) -> object:
    raise ValueError


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def _too_large(limit: int) -> str:
    return f"A request may have {limit // 1024} KiB."
