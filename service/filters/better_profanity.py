"""A second pair of eyes: the library better-profanity, asked about single words.

The library compares every word with each entry of its list, some 0.2 ms a word, and its own list was made
for chat: it flags *god*, *kill* and *organ*. So it gets Greenroom's English words instead, sorted by
*shape*: its character map says which characters may stand for which, and those that may stand for one
another have one shape. A word whose shape no entry has cannot match; the others are shown to a `Profanity`
that holds only the entries of that shape. The answers are the library's, the cost is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Final

from better_profanity import Profanity

from service.model.screenings import Axis, Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.lexicon.finding import find
from service.screening.lexicon.lists import is_sure, words_of
from service.screening.lexicon.readings import is_figure
from service.screening.terms import is_covered

MAX_WORD: Final = 32
MAX_SPANS: Final = 50
MAX_QUOTES: Final = 5
_SHORTEST: Final = 4


@filter(
    "better_profanity",
    weight=0.5,
    says="The library better-profanity finds swear words in it, too.",
    axis=Axis.PROFANITY,
)
def better_profanity(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the library knows a word of the text, the name, or the website's host.

    What lies in a longer find of the lists is marked as they mark it.
    """
    words = {token.text for token in candidate.readable}
    flagged = {word for word in words if len(word) <= MAX_WORD and _ask(word)}
    if not flagged:
        return None
    found = (token.span for token in candidate.readable if token.text in flagged)
    spans = [*islice((span for span in found if not is_covered(span, candidate.allowed)), MAX_SPANS)]
    if not spans:
        return None
    spans = list(dict.fromkeys(_widened(spans, [each.span for each in find(candidate, facts.language)])))
    quotes = list(dict.fromkeys(candidate.quote(span) for span in spans))
    return better_profanity.signal(1.0, spans=spans, evidence=quotes[:MAX_QUOTES], severity=1)


def _widened(spans: Sequence[Span], listed: Sequence[Span]) -> Iterator[Span]:
    """These places, and instead of what lies in one of the others, that one; those do not overlap."""
    by_place = {(each.field, place): each for each in listed for place in range(each.start, each.end)}
    for span in spans:
        other = by_place.get((span.field, span.start), span)
        yield other if span.end <= other.end else span


@dataclass(frozen=True, slots=True)
class _Library:
    """The library, by the shape of its entries."""

    shapes: Mapping[int, str]
    by_shape: Mapping[str, Profanity]


@cache
def _library() -> _Library:
    shapes = _shapes(Profanity([]).CHARS_MAPPING)
    same_shape: dict[str, list[str]] = {}
    for word in words_of("en"):
        if len(word) >= _SHORTEST:
            same_shape.setdefault(word.translate(shapes), []).append(word)
    return _Library(shapes, {shape: Profanity(words) for shape, words in same_shape.items()})


@lru_cache(maxsize=16_384)
def _ask(word: str) -> bool:
    """Whether the library flags this word, written just so; a number is none."""
    if len(word) < _SHORTEST or is_figure(word):
        return False
    known = _library()
    library = known.by_shape.get(word.translate(known.shapes))
    if library is None or not any(map(str.isalpha, word)) or not is_sure(word):
        return False
    return library.contains_profanity(word)


def _shapes(alternatives: Mapping[str, Sequence[str]]) -> Mapping[int, str]:
    """One character for all that may, over any number of steps, stand for one another."""
    shape: dict[str, str] = {}
    for letter, others in alternatives.items():
        same = {shape.get(character, character) for character in (letter, *others)}
        joined = min(same)
        for character in {letter, *others, *(known for known, its in shape.items() if its in same)}:
            shape[character] = joined
    return str.maketrans(shape)
