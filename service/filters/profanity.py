"""Swear words, as better-profanity knows them.

The library compares every word with each of its 916 entries, some 0.2 ms a word, and sees neither folded
letters nor where a word stood. So it is never given a text. Its own list and character map are loaded
once and sorted by *shape*: the map says which characters may stand for which, and characters that may
stand for one another have one shape. A token whose shape no entry has cannot match; the others are shown
to a `Profanity` that holds only the entries of that shape. The answers are the library's, the cost is not.

What is found is a word, not an intention: profanity only ever holds a comment.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from better_profanity import Profanity

from service.model.screenings import Axis, Signal, Span
from service.screening.candidate import Candidate, Token, words
from service.screening.facts import Facts
from service.screening.filter import filter

MAX_WORD: Final = 32
MAX_SPANS: Final = 50
MAX_QUOTES: Final = 5
_SHORTEST_INSIDE: Final = 4
_RUN: Final = re.compile(r"(.)\1{2,}")
_SYMBOLS: Final = re.compile(r"[@$*!]+")
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.\w")
_SPELT: Final = re.compile(r"(?<![^\W_])(?:[^\W_][\s.\-_*/|\\,~+'\"·•]{1,3}){2,}[^\W_](?![^\W_])")


@filter(
    "profanity",
    weight=2.5,
    says="It holds words that are often swear words or slurs.",
    axis=Axis.PROFANITY,
)
def profanity(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when a word of the text, the name, or the website's host is on the list."""
    spans = _found(candidate)
    if not spans:
        return None
    quotes = list(dict.fromkeys(candidate.quote(span) for span in spans))
    return profanity.signal(
        min(1.0, 0.4 + 0.2 * len(quotes)),
        spans=spans,
        severity=2,
        evidence=[quote[:60] for quote in quotes[:MAX_QUOTES]],
    )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The library's list without the words that are allowed, by shape and by first word of a phrase."""

    shapes: Mapping[int, str]
    by_shape: Mapping[str, Profanity]
    lengths: Sequence[int]
    phrases: Mapping[str, Sequence[Sequence[str]]]
    allowed: frozenset[str]

    def knows(self, word: str) -> bool:
        """Whether the library flags this word, written just so."""
        library = self.by_shape.get(word.translate(self.shapes))
        return library is not None and word not in self.allowed and library.contains_profanity(word)


@cache
def lexicon() -> Lexicon:
    """What is loaded once, at the first question."""
    library = Profanity()
    allowed = _allowed()
    listed = [word for entry in library.CENSOR_WORDSET if (word := str(entry)) not in allowed]
    shapes = _shapes(library.CHARS_MAPPING)
    same_shape: dict[str, list[str]] = {}
    phrases: dict[str, list[Sequence[str]]] = {}
    for word in listed:
        same_shape.setdefault(word.translate(shapes), []).append(word)
        parts = words(word)
        if len(parts) > 1 and max(map(len, parts)) > 1:
            phrases.setdefault(parts[0], []).append(parts[1:])
    by_shape = {shape: Profanity(same) for shape, same in same_shape.items()}
    lengths = sorted({len(word) for word in listed if len(word) >= _SHORTEST_INSIDE})
    return Lexicon(shapes, by_shape, lengths, phrases, allowed)


def _allowed() -> frozenset[str]:
    text = (files("service.filters") / "data" / "not_profanity.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _shapes(alternatives: Mapping[str, Sequence[str]]) -> Mapping[int, str]:
    """One character for all that may, over any number of steps, stand for one another."""
    shape: dict[str, str] = {}
    for letter, others in alternatives.items():
        same = {shape.get(character, character) for character in (letter, *others)}
        joined = min(same)
        for character in {letter, *others, *(known for known, its in shape.items() if its in same)}:
            shape[character] = joined
    return str.maketrans(shape)


def _found(candidate: Candidate) -> Sequence[Span]:
    known = lexicon()
    spans: dict[Span, None] = {}
    for index, token in enumerate(candidate.tokens):
        if _is_profane(token.text) and _is_meant(candidate, token):
            spans[token.span] = None
        elif token.text in known.phrases and (last := _phrase_end(candidate.tokens, index)):
            spans[Span(token.field, token.start, last.end)] = None
        if len(spans) == MAX_SPANS:
            return list(spans)
    for field, folded in (("name", candidate.folded_name), ("text", candidate.folded_text)):
        for start, end in _spelt_out(folded.text):
            spans[Span(field, *folded.origin(start, end))] = None
    return list(spans)[:MAX_SPANS]


def _is_profane(token: str) -> bool:
    """Whether a token is a listed word; nothing long enters the cache."""
    if len(token) > MAX_WORD:
        token = _RUN.sub(r"\1\1\1", token)
    return 1 < len(token) <= MAX_WORD and _ask(token)


def _is_meant(candidate: Candidate, token: Token) -> bool:
    """Whether a listed word is neither a name written as a name nor part of an e-mail address."""
    if candidate.quote(token.span) in lexicon().allowed:
        return False
    around = candidate.text[max(0, token.start - 64) : token.end + 64]
    offset = token.start - max(0, token.start - 64)
    return token.field != "text" or not any(
        match.start() <= offset < match.end() for match in _ADDRESS.finditer(around)
    )


@lru_cache(maxsize=8192)
def _ask(token: str) -> bool:
    """Whether the library flags a token: as it is, without drawn-out letters, as a plural, or in part."""
    if any(map(lexicon().knows, _readings(token.replace("!", "i")))):
        return True
    return any(len(part) >= _SHORTEST_INSIDE and _ask(part) for part in _parts(token))


def _readings(token: str) -> Iterator[str]:
    if sum(character.isalpha() or character in "@$*" for character in token) < 2:
        return  # 455 and A55 are a number and a road
    readings = [token]
    if _RUN.search(token):
        readings += [_RUN.sub(r"\1", token), _RUN.sub(r"\1\1", token)]
    for reading in readings:
        yield reading
        if reading.endswith("s") and not reading.endswith("ss") and len(reading) > _SHORTEST_INSIDE:
            yield reading[:-1]


def _parts(token: str) -> Sequence[str]:
    return _SYMBOLS.split(token) if _SYMBOLS.search(token) else ()


def _phrase_end(tokens: Sequence[Token], index: int) -> Token | None:
    for rest in lexicon().phrases[tokens[index].text]:
        following = tokens[index + 1 : index + 1 + len(rest)]
        same_field = all(token.field == tokens[index].field for token in following)
        if same_field and [token.text for token in following] == list(rest):
            return following[-1]
    return None


def _spelt_out(text: str) -> Iterator[tuple[int, int]]:
    """Words written letter by letter, `s h i t` or `f.u.c.k`: where they stand in the folded text."""
    for match in _SPELT.finditer(text):
        places = [match.start() + place for place, letter in enumerate(match[0]) if letter.isalnum()]
        run = "".join(text[place] for place in places)
        for start, end in [(0, len(run))] if _is_profane(run) else _inside(run):
            yield places[start], places[end - 1] + 1


def _inside(run: str) -> Iterator[tuple[int, int]]:
    """The listed words in a run of letters that are too long to stand there by chance."""
    known = lexicon()
    shapes, start = run.translate(known.shapes), 0
    while start + _SHORTEST_INSIDE <= len(run):
        ends = [start + length for length in known.lengths if start + length <= len(run)]
        fits = [end for end in ends if shapes[start:end] in known.by_shape and _is_profane(run[start:end])]
        if fits:
            yield start, fits[-1]
        start = fits[-1] if fits else start + 1
