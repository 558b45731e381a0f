"""What people type to search: `site:daily author:"Ana B." before:2026-11-01 bridge "town council"`.

A query is words and phrases, and `key:value` pairs that mean the same as the filters of the same name.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from service.errors import FieldRefused
from service.model.characters import refuse_control_characters
from service.model.decisions import Reason
from service.model.queue import Word

MAX_QUERY: Final = 500
MAX_WORDS: Final = 20
_PREFIX_FROM: Final = 3
# A quotation mark begins a phrase only where a word would begin: 5" and O"Neil are just text.
_TOKEN: Final = re.compile(r'(?:([A-Za-z_]{2,16}):(?!//))?("[^"]*"?|[^\s"][^\s]*)?', re.ASCII)
_SCORE: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)?\.\.([+-]?\d+(?:\.\d+)?)?", re.ASCII)
_KEYS: Final[Mapping[str, str]] = {
    "site": "site",
    "language": "language",
    "page": "page",
    "author": "author",
    "author_of": "author_of",
    "network_of": "network_of",
    "severity": "severity",
    "status": "status",
    "by": "decided_by",
    "decided_by": "decided_by",
    "assigned": "assigned",
    "before": "before",
    "after": "after",
    "order": "order",
}
_STATES: Final = ("escalated", "reported", "edited", "appealed", "overdue", "available")
KEYS: Final = tuple(sorted({*_KEYS, "reason", "score", "is"}))


def parse_query(raw: str) -> dict[str, str]:
    """The filters that a query names, each as it would be sent, and its words as `text`.

    Raises `FieldRefused` where a key is unknown, has no value, or is there twice.
    """
    found: dict[str, str] = {}
    words = []
    for key, value in _tokens(raw):
        if not key:
            words.append(value)
            continue
        for name, given in _filters(key.lower(), value.strip('"').strip()):
            if name in found:
                raise FieldRefused("q.twice", f"{key.lower()}: says twice what cannot both hold.")
            found[name] = given
    if words:
        found["text"] = " ".join(words)
    return found


def split_query(raw: str) -> Sequence[str]:
    """A query's words, phrases and filters, each as it was typed."""
    return [f"{key}:{value}" if key else value for key, value in _tokens(raw)]


def parse_line(raw: str) -> str:
    """What is looked for, on one line: at most 500 characters, none of them a control character."""
    if len(raw) > MAX_QUERY:
        raise FieldRefused("line.long", f"Write at most {MAX_QUERY} characters.")
    refuse_control_characters(raw, line_breaks=False)
    return raw


def parse_moment(raw: str) -> datetime:
    """A day such as 2026-11-01, which begins at midnight UTC, or a time as RFC 3339 has it."""
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise _no_moment() from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not 1970 <= found.year <= 9000:
        raise _no_moment()
    return found


def parse_words(raw: str, *, in_name: bool = False) -> Sequence[Word]:
    """Words and phrases; a word of three letters or more is found by its beginning."""
    words = []
    for key, value in _tokens(raw):
        text = value.strip('"').strip()
        is_phrase = value.startswith('"') or " " in text
        whole = f"{key}:{text}" if key else text
        if whole:
            words.append(Word(whole, is_phrase or len(whole) < _PREFIX_FROM, in_name))
    if len(words) > MAX_WORDS:
        raise FieldRefused("words.many", f"Search for at most {MAX_WORDS} words and phrases at once.")
    return words


def _tokens(raw: str) -> Sequence[tuple[str, str]]:
    found, place = [], 0
    while place < len(raw):
        if raw[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(raw, place)
        if match is None or match.end() == place:
            place += 1
            continue
        found.append((match[1] or "", match[2] or ""))
        place = match.end()
    return found


def _filters(key: str, value: str) -> Sequence[tuple[str, str]]:
    if not value and key in KEYS:
        raise FieldRefused("q.empty", f"{key}: is followed by nothing. Write what it is without a space.")
    match key:
        case "is":
            if value.lower() not in _STATES:
                raise FieldRefused("q.is", f"is: takes one of {', '.join(_STATES)}.")
            return [(value.lower(), "true")]
        case "score":
            return _score(value)
        case "reason":
            name = value.lower().replace("-", "_")
            return [("rejected_as" if name in set(Reason) else "reason", name)]
        case _ if key in _KEYS:
            return [(_KEYS[key], value)]
        case _:
            raise FieldRefused(
                "q.unknown",
                f"{key}: is nothing to search by; there is {', '.join(f'{each}:' for each in KEYS)}. "
                "To find it in a text, put it into quotation marks.",
            )


def _no_moment() -> FieldRefused:
    return FieldRefused("moment.invalid", "Write a day as 2026-11-01, or a time as 2026-11-01T09:30:00Z.")


def _score(value: str) -> Sequence[tuple[str, str]]:
    found = _SCORE.fullmatch(value)
    if found is None or not (found[1] or found[2]):
        raise FieldRefused("q.score", "score: takes a range such as score:2..5, score:3.. or score:..1.")
    return [(name, text) for name, text in (("score_from", found[1]), ("score_to", found[2])) if text]
