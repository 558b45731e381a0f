"""The vocabulary of those who sell: offers by trade, what they promise, and what they ask a reader to do.

Data files, one a language, group the phrases; all are sought in one pass (Aho and Corasick, CACM 18, 1975).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final, NamedTuple

import ahocorasick

from service.model.screenings import Span
from service.screening.amounts import find_amounts
from service.screening.folding import Folded, fold
from service.screening.remembered import remembered

MAX_PHRASES: Final = 60
MAX_PLACES: Final = 300
# Words that mean something in a name or an address only.
SELLER: Final = "seller"
# Bare verbs, which ask a reader where a clause begins with them, and tell of something elsewhere.
BIDDING: Final = "bidding"
_ASKING: Final = "asking"
_BEGINNING: Final = re.compile(r"(?:^|[^\w\s'’]|\b(?:please|pls|plz|kindly|just|now|then|and|also|so)) *$")
# What readers say who speak from a trade: `plumber here`, `soy abogada`.
PROFESSION: Final = "profession"
# What other people write too, and what says nothing in a name.
NOT_SELLING: Final = frozenset(
    {"money", "praise", "boilerplate", "warning", "asking", BIDDING, "testimony", PROFESSION}
)
_SIGNS: Final = {**dict.fromkeys("\t\n\r\x0b\x0c\xa0-_*~|", " "), "\u2019": "'"}


# Fingers and arrows that point at a link; at the beginning of a line, >> quotes somebody.
_POINTING: Final = re.compile(
    "[<>\u2192\u25b6\u25ba\u260e\u261b-\u261f\u27a1\u2b05-\u2b07\U0001f446-\U0001f449\U0001f4de\U0001f4f2]+"
)
# What stands in quotation marks is somebody else's, unless nearly all does.
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{2,160}\"|\u201c[^\u201d\n]{2,160}\u201d|«[^»\n]{2,160}»|„[^“\n]{2,160}“"
)
_MOSTLY: Final = 0.6
_QUOTING: Final = re.compile(r"[<>]|>+")


class Phrase(NamedTuple):
    """A phrase that was found: its group, where it stands, and whether it is more than a word."""

    group: str
    span: Span
    is_long: bool


def groups() -> Iterator[tuple[str, str, str]]:
    """Every phrase of the data files: language, group, phrase as written."""
    folder = files("service.screening") / "data" / "pitches"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        listed: Mapping[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))
        for group, phrases in listed.items():
            for phrase in re.split(r"[,\n]", phrases):
                if phrase.strip():
                    yield path.name.removesuffix(".toml"), group, phrase


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for _, group, phrase in groups():
        folded = " ".join(_plain(fold(phrase).text).split())
        known = automaton.get(folded, None)
        if known is None or known[1] == SELLER:
            automaton.add_word(folded, (len(folded), group))
    automaton.make_automaton()
    return automaton


def sells(folded: Folded, field: str) -> int:
    """How much of a name or an address belongs to somebody who sells: one for a word, two for a phrase."""
    return sum(1 + each.is_long for each in find_phrases(folded, field) if each.group not in NOT_SELLING)


@remembered
def find_phrases(folded: Folded, field: str) -> Sequence[Phrase]:
    """The phrases in a field: words of their own, the longest where they overlap, at most `MAX_PHRASES`."""
    text = _plain(folded.text)
    places = [*islice(_listed(text, field), MAX_PLACES), *find_amounts(text), *_pointing(folded.text)]
    if field == "text" and (quoted := _quoted(text)):
        places = [each for each in places if not any(start < each[0] < end for start, end in quoted)]
    places.sort(key=lambda each: (each[0], -each[1]))
    found: list[Phrase] = []
    reached = 0
    for start, end, group in places:
        if start >= reached:
            found.append(Phrase(group, Span(field, *folded.origin(start, end)), _is_long(text[start:end])))
            reached = end
    return found[:MAX_PHRASES]


def _plain(text: str) -> str:
    """The text with spaces for the signs that part words; sign by sign, which is faster than `translate`."""
    for sign, instead in _SIGNS.items():
        text = text.replace(sign, instead)
    return text


def _quoted(text: str) -> Sequence[tuple[int, int]]:
    """Where a text quotes; nowhere where it is a quotation itself."""
    found = [match.span() for match in islice(_QUOTED.finditer(text), MAX_PHRASES)]
    return found if sum(end - start for start, end in found) < _MOSTLY * len(text) else ()


def _listed(text: str, field: str) -> Iterator[tuple[int, int, str]]:
    for last, (length, group) in _automaton().iter(text):
        start, end = last + 1 - length, last + 1
        alone = not (_goes_on(text, start - 1, start) or _goes_on(text, end - 1, end))
        if not alone or (group == SELLER and field == "text"):
            continue
        if group != BIDDING:
            yield start, end, group
        elif _BEGINNING.search(text, max(0, start - 10), start):
            yield start, end, _ASKING


def _pointing(text: str) -> Iterator[tuple[int, int, str]]:
    if text.isascii() and "<" not in text and ">" not in text:
        return
    for match in islice(_POINTING.finditer(text), MAX_PHRASES):
        begins = match.start() == 0 or text[match.start() - 1] == "\n"
        if not _QUOTING.fullmatch(match[0]) or (len(match[0]) > 1 and not begins):
            yield *match.span(), "asking"


def _goes_on(text: str, left: int, right: int) -> bool:
    """Whether a word goes on from one place to the next; Chinese writes none apart."""
    if left < 0 or right == len(text):
        return False
    return text[left].isalnum() and text[right].isalnum() and not "\u2e80" <= text[right] < "\uac00"


def _is_long(phrase: str) -> bool:
    return " " in phrase or ("\u2e80" <= phrase[0] < "\uac00" and len(phrase) > 2)
