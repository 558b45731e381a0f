"""Letters that only look like letters: styled alphabets, mixed scripts, characters of no width."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MAX_SPANS: Final = 20
# Mathematical alphabets, enclosed letters, squared letters, full-width letters.
_STYLED_LETTER: Final = "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f110-\U0001f189\uff21-\uff3a\uff41-\uff5a]"
# Each pattern begins at the beginning of a word and looks a bounded way ahead, so that its cost is linear.
_STYLED: Final = re.compile(rf"(?<!{_STYLED_LETTER}){_STYLED_LETTER}(?:\s{{0,3}}{_STYLED_LETTER}){{2,}}")
# Nobody's keyboard mixes Latin with Cyrillic or Greek inside a word.
_OTHER: Final = "\u0370-\u03ff\u0400-\u04ff"
_MIXED: Final = re.compile(
    rf"(?<![A-Za-z{_OTHER}])(?:[A-Za-z]{{1,40}}[{_OTHER}]|[{_OTHER}]{{1,40}}[A-Za-z])[A-Za-z{_OTHER}]*"
)
_UNSEEN_MARK: Final = "[\u200b-\u200d\u2060\ufeff\u180e]"
_UNSEEN: Final = re.compile(rf"(?<![A-Za-z])[A-Za-z]{{1,40}}(?:{_UNSEEN_MARK}{{1,20}}[A-Za-z]{{1,40}})+")
# Letters set apart, five and more: a brand or a messenger that must not be found; digits may follow.
_SPACED: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .]){5,60}(?:[^\W_][ .]){1,20}[^\W_](?![^\W_])")
# What each pattern begins with, or holds, and most texts do not.
_SET_APART: Final = re.compile(r"[ .][^\W\d_][ .][^\W\d_][ .][^\W\d_][ .]")
_STRANGE: Final = re.compile(f"{_STYLED_LETTER}|[{_OTHER}]|{_UNSEEN_MARK}")
_LATIN_AND_GREEK_UNITS: Final = re.compile("[\u00b5\u03bc\u03a9\u03c0\u0394\u03bb]")


# How loud the first word in disguise is: a slip of the keyboard mixes scripts too, anger sets letters apart.
_DISGUISES: Final = (
    (_SET_APART, ((_SPACED, 0.25),)),
    (_STRANGE, ((_STYLED, 0.65), (_MIXED, 0.3), (_UNSEEN, 0.65))),
)
_EACH: Final = 0.15


@filter("disguise", weight=4.0, says="It hides what it says by letters that only look like letters.")
def disguise(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak for each word in disguise, louder the more there are."""
    found = [*_places(candidate.text, "text"), *_places(candidate.name, "name")][:MAX_SPANS]
    if not found:
        return None
    strength = max(loudness for loudness, _ in found) + _EACH * len(found)
    return disguise.signal(min(1.0, strength), spans=[span for _, span in found])


def _places(text: str, field: str) -> Iterator[tuple[float, Span]]:
    worthwhile = (patterns for sign, patterns in _DISGUISES if sign.search(text))
    for pattern, loudness in chain.from_iterable(worthwhile):
        for match in pattern.finditer(text):
            if pattern is not _MIXED or not _LATIN_AND_GREEK_UNITS.search(match[0]):
                yield loudness, Span(field, *match.span())
