"""Letters that only look like letters: styled alphabets, mixed scripts, characters of no width."""

import re
from collections.abc import Iterator
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
_UNSEEN_MARK: Final = "[\u200b-\u200d\u2060\u00ad\ufeff\u180e]"
_UNSEEN: Final = re.compile(rf"(?<![A-Za-z])[A-Za-z]{{1,40}}(?:{_UNSEEN_MARK}{{1,20}}[A-Za-z]{{1,40}})+")
_LATIN_AND_GREEK_UNITS: Final = re.compile("[\u00b5\u03bc\u03a9\u03c0\u0394\u03bb]")


@filter("disguise", weight=4.0, says="It hides what it says by letters that only look like letters.")
def disguise(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak for each kind of disguise; the more words wear one, the louder."""
    found = [*_places(candidate.text, "text"), *_places(candidate.name, "name")][:MAX_SPANS]
    if not found:
        return None
    return disguise.signal(min(1.0, 0.65 + 0.15 * len(found)), spans=found)


def _places(text: str, field: str) -> Iterator[Span]:
    if text.isascii():
        return
    for pattern in (_STYLED, _MIXED, _UNSEEN):
        for match in pattern.finditer(text):
            if pattern is _MIXED and _LATIN_AND_GREEK_UNITS.search(match[0]):
                continue
            yield Span(field, *match.span())
