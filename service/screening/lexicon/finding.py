"""Finds listed words in a candidate: as words, in phrases, masked, set apart, or joined to others."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from service.model.screenings import Span
from service.model.submissions import MAX_TEXT
from service.screening.candidate import Candidate, Token
from service.screening.folding import Folded
from service.screening.lexicon.languages import languages_of
from service.screening.lexicon.lists import Entry, Phrase, lists
from service.screening.lexicon.masks import masked_words
from service.screening.lexicon.readings import doubled_vowels_read_once, loose_readings, readings
from service.screening.terms import is_covered

MAX_WORD: Final = 40
MAX_FOUND: Final = 50
_SHORTEST_RUN: Final = 4
_LONGEST_IN_RUN: Final = 16
# Nobody reads more letters set apart than this, and looking at each beginning is dear.
_MAX_APART: Final = 300
_ADDRESS: Final = re.compile(r"[^\s@<>()]{1,64}@[\w-]{1,63}\.[\w.-]{1,253}")
_SPELT: Final = re.compile(r"(?<![^\W_])(?:[^\W_][\s.\-_*/|\\,~+'\"·•]{1,3}){2,}[^\W_](?![^\W_])")
_JOINTS: Final = frozenset(".-_'’/|~\u200b")
_INITIALS: Final = re.compile(r"(?:[A-Z]\. ?){2,}")
_TAILS: Final = ("inging", "ing", "in")


class Found(NamedTuple):
    """A listed word, where it stands, and how bad it is (1 to 3)."""

    span: Span
    severity: int


class _Hit(NamedTuple):
    """What a list knows about a word; `start` and `end` where only a part of it was meant."""

    entry: Entry
    start: int = 0
    end: int | None = None


def find(candidate: Candidate, language: str) -> Sequence[Found]:
    """Every listed word, at most `MAX_FOUND`; `language` is the site's (BCP 47 primary subtag)."""
    tokens = readable(candidate)
    shown = languages_of([token.text for token in tokens], language)
    found: dict[Span, Found] = {}
    for each in _all(candidate, tokens):
        span, entry = each
        if entry.language and entry.language not in shown:
            continue
        if entry.lowercase and candidate.quote(span) != candidate.quote(span).lower():
            continue
        if not any(_overlaps(span, other) for other in found) and not is_covered(span, candidate.allowed):
            found[span] = Found(span, entry.severity)
            if len(found) == MAX_FOUND:
                break
    return sorted(found.values(), key=lambda each: (each.span.field, each.span.start))


def _all(candidate: Candidate, tokens: Sequence[Token]) -> Iterator[tuple[Span, Entry]]:
    yield from _in_phrases(candidate, tokens)
    yield from _in_words(tokens)
    for field, folded in (("name", candidate.folded_name), ("text", candidate.folded_text)):
        for start, end, severity in masked_words(folded.text):
            yield Span(field, *folded.origin(start, end)), Entry(severity)
        yield from _set_apart(candidate, field, folded)
    yield from _joined(candidate, tokens)


def readable(candidate: Candidate) -> Sequence[Token]:
    """The words outside of links and e-mail addresses: those spell names and paths, not opinions."""
    skipped = [link.span for link in candidate.links]
    if "@" in candidate.text:
        skipped += [Span("text", *match.span()) for match in _ADDRESS.finditer(candidate.text)]
    if not skipped:
        return candidate.tokens
    edges: dict[str, list[tuple[int, int]]] = {}
    for span in sorted(skipped, key=lambda each: each.start):
        edges.setdefault(span.field, []).append((span.start, span.end))
    return [token for token in candidate.tokens if not _lies_in(token, edges.get(token.field, ()))]


def _lies_in(token: Token, places: Sequence[tuple[int, int]]) -> bool:
    """Whether a word begins in one of these places, which are in order."""
    before = bisect_right(places, (token.start, MAX_TEXT))
    return before > 0 and token.start < places[before - 1][1]


def _in_words(tokens: Sequence[Token]) -> Iterator[tuple[Span, Entry]]:
    for token in tokens:
        hit = look(token.text)
        if hit is None:
            continue
        whole = token.end - token.start == len(token.text)
        if hit.end is not None and whole:
            yield Span(token.field, token.start + hit.start, token.start + hit.end), hit.entry
        else:
            yield token.span, hit.entry


def look(word: str) -> _Hit | None:
    """What the lists know about a folded word, in whatever way it is written."""
    if len(word) > MAX_WORD:
        word = re.sub(r"(.)\1{3,}", r"\1\1\1", word)[:MAX_WORD]
    return _look(word) if len(word) > 1 else None


@lru_cache(maxsize=16_384)
def _look(word: str) -> _Hit | None:
    part = None
    for reading in readings(word):
        hit = _known(reading)
        if hit is not None and hit.end is None:
            return hit
        part = part or (hit if reading == word else hit and _Hit(hit.entry))
    if part is not None:
        return part
    once = doubled_vowels_read_once(word)
    if once and len(once) >= _SHORTEST_RUN and (entry := lists().words.get(once)):
        return None if entry.language else _Hit(entry)
    return None


def _known(word: str) -> _Hit | None:
    known = lists()
    entry = known.words.get(word)
    if entry is not None:
        return _Hit(entry)
    if word.startswith(known.innocent):
        return None
    for length in known.start_lengths:
        if length < len(word) and (entry := known.starts.get(word[:length])):
            return _Hit(entry)
    return _inside(word)


def _inside(word: str) -> _Hit | None:
    for last, (length, entry) in lists().stems.iter(word):
        start, end = last + 1 - length, last + 1
        rest = word[end:]
        tail = next((tail for tail in _TAILS if rest.startswith(tail)), "")
        if end + len(tail) == len(word) and start < length:
            return _Hit(entry)
        if (entry_of_rest := lists().words.get(word[start:])) is not None and start <= 5:
            return _Hit(entry_of_rest)
        return _Hit(entry, start, end + len(tail)) if not _reads_on(word, start) else _Hit(entry)
    return None


def _reads_on(word: str, start: int) -> bool:
    """Whether plain words stand around the stem, as in `gofuckyourself`: then all of it is meant."""
    return word[:start] in {"go", "you", "i", "ohh", "holy", "the", "what", "wt"} or start == 0


def _in_phrases(candidate: Candidate, tokens: Sequence[Token]) -> Iterator[tuple[Span, Entry]]:
    for place, token in enumerate(tokens):
        for phrase in _phrases_with(token.text):
            start = place - phrase.first
            row = tokens[max(0, start) : start + len(phrase.words)]
            if len(row) < len(phrase.words) or any(each.field != token.field for each in row):
                continue
            if all(
                part == each.text or part in _plain(each.text)
                for part, each in zip(phrase.words, row, strict=True)
            ):
                span = Span(token.field, row[phrase.first].start, row[phrase.last - 1].end)
                if phrase.last - phrase.first == len(row) or not _is_name(candidate, span):
                    yield span, phrase.entry


@lru_cache(maxsize=16_384)
def _phrases_with(word: str) -> Sequence[Phrase]:
    """The phrases that are looked up by this word, as it is or read loosely."""
    phrases = lists().phrases
    return [phrase for each in {word, *_plain(word)} for phrase in phrases.get(each, ())]


@lru_cache(maxsize=8_192)
def _plain(word: str) -> frozenset[str]:
    return frozenset(loose_readings(word)) if len(word) <= MAX_WORD else frozenset()


def _is_name(candidate: Candidate, span: Span) -> bool:
    """Whether a word that may be a name is written as one, and not because a sentence begins with it."""
    quote = candidate.quote(span)
    if not quote[:1].isupper() or quote.isupper():
        return False
    before = candidate.text[max(0, span.start - 2) : span.start] if span.field == "text" else ""
    return bool(before.strip()) and before.strip()[-1] not in ".!?\n"


def _set_apart(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words written letter by letter: `s h i t`, `f.u.c.k`; initials of names are none."""
    left = _MAX_APART
    for match in _SPELT.finditer(folded.text):
        span = Span(field, *folded.origin(*match.span()))
        if _INITIALS.match(candidate.quote(span)):
            continue
        places = [match.start() + place for place, letter in enumerate(match[0]) if letter.isalnum()]
        run = "".join(folded.text[place] for place in places[:left])
        left -= len(run)
        for start, end, entry in _in_run(run):
            yield Span(field, *folded.origin(places[start], places[end - 1] + 1)), entry


def _in_run(run: str) -> Iterator[tuple[int, int, Entry]]:
    """The listed words in a run of letters, long enough not to stand there by chance, longest first."""
    start = 0
    while start + _SHORTEST_RUN <= len(run):
        for end in range(min(len(run), start + _LONGEST_IN_RUN), start + _SHORTEST_RUN - 1, -1):
            hit = look(run[start:end])
            if hit and hit.end is None and not hit.entry.lowercase and not hit.entry.language:
                yield start, end, hit.entry
                start = end
                break
        else:
            start += 1


def _joined(candidate: Candidate, tokens: Sequence[Token]) -> Iterator[tuple[Span, Entry]]:
    """Words cut by one sign and no space: `sh.it`, `fu-ck`."""
    fields = {"name": candidate.name, "text": candidate.text, "website": ""}
    for one, other in pairwise(tokens):
        if one.field != other.field or other.start - one.end != 1 or len(one.text) + len(other.text) > 14:
            continue
        if fields[one.field][one.end : other.start] not in _JOINTS:
            continue
        entry = lists().words.get(one.text + other.text)
        if entry and entry.severity > 1 and not entry.language and not entry.lowercase:
            yield Span(one.field, one.start, other.end), entry


def _overlaps(one: Span, other: Span) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end
