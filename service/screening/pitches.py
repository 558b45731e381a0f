"""The vocabulary of those who sell: offers by trade, what they promise, and what they ask a reader to do.

A data file groups folded phrases; all are sought in one pass (Aho and Corasick, 1975).
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import ahocorasick

from service.model.screenings import Span
from service.screening.folding import Folded, fold

MAX_PHRASES: Final = 40


class Phrase(NamedTuple):
    """A phrase that was found: its group, and where it stands."""

    group: str
    span: Span


@cache
def _automaton() -> ahocorasick.Automaton:
    path = files("service.screening") / "data" / "pitches.toml"
    groups: Mapping[str, Sequence[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    automaton = ahocorasick.Automaton()
    for group, phrases in groups.items():
        for phrase in phrases:
            folded = " ".join(fold(phrase).text.split())
            known = automaton.get(folded, None)
            automaton.add_word(folded, (len(folded), known[1] if known else group))
    automaton.make_automaton()
    return automaton


def sells(folded: Folded, field: str) -> int:
    """How many words and phrases of a name or an address belong to somebody who sells."""
    return sum(each.group != "praise" for each in find_phrases(folded, field))


def find_phrases(folded: Folded, field: str) -> Sequence[Phrase]:
    """The phrases in a field, as words of their own, at most `MAX_PHRASES`."""
    text = folded.text.translate(_SIGNS)
    found: list[Phrase] = []
    for last, (length, group) in _automaton().iter(text):
        start, end = last + 1 - length, last + 1
        alone = not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())
        if alone:
            found.append(Phrase(group, Span(field, *folded.origin(start, end))))
            if len(found) == MAX_PHRASES:
                break
    return found


_SIGNS: Final = dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\xa0-_*~|"), " ") | {ord("\u2019"): "'"}
