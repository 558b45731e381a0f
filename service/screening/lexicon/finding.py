"""Finds listed words in a candidate: as words, in phrases, masked, set apart, or joined to others."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from service.model.screenings import Span
from service.screening.candidate import Candidate, Token
from service.screening.lexicon.apart import in_brackets, in_capitals, in_flags, in_markup, joined, set_apart
from service.screening.lexicon.innocence import (
    excuses,
    is_code,
    is_initial,
    is_name,
    is_wrapped,
    is_written_so,
)
from service.screening.lexicon.languages import languages_of
from service.screening.lexicon.lists import Entry
from service.screening.lexicon.lookup import MAX_WORD, Known, cut, plainly, read
from service.screening.lexicon.masks import masked, masked_words
from service.screening.remembered import remembered
from service.screening.terms import is_covered

MAX_FOUND: Final = 50
# Squared, circled and mathematical letters.
_STYLED: Final = re.compile("[\U0001d400-\U0001d7ff\U0001f110-\U0001f189]")


class Found(NamedTuple):
    """A listed word, where it stands, and how bad it is (1 to 3)."""

    span: Span
    severity: int


@remembered
def find(candidate: Candidate, language: str) -> Sequence[Found]:
    """Every listed word, at most `MAX_FOUND`; `language` is the site's (BCP 47 primary subtag)."""
    words = [token.text if len(token.text) <= MAX_WORD else cut(token.text) for token in candidate.readable]
    found: list[Found] = []
    taken: dict[str, set[int]] = defaultdict(set)
    shown: frozenset[str] | None = None
    excused: frozenset[tuple[str, int]] | None = None
    for span, entry in _all(candidate, words):
        if entry.language:
            shown = shown or languages_of(words, language)
            if entry.language not in shown:
                continue
        quote = candidate.quote(span)
        if not is_written_so(quote, entry) or (entry.named and is_name(candidate, span)):
            continue
        if (not quote.isalpha() and is_code(candidate, span)) or is_wrapped(candidate, span):
            continue
        if excused is None:
            excused = excuses(candidate.readable, language)
        if (span.field, span.start) in excused:
            continue
        places = range(span.start, span.end)
        if taken[span.field].isdisjoint(places) and not is_covered(span, candidate.allowed):
            found.append(Found(span, entry.severity))
            taken[span.field].update(places)
            if len(found) == MAX_FOUND:
                break
    return sorted(found, key=lambda each: (each.span.field, each.span.start))


def _all(candidate: Candidate, words: Sequence[str]) -> Iterator[tuple[Span, Entry]]:
    known = [(place, each) for place, each in enumerate(map(read, words)) if each]
    fields = (("name", candidate.folded_name), ("text", candidate.folded_text))
    # What is masked comes first: `f` alone is a phrase's, in `shut the f*** up`.
    for field, folded in fields:
        for start, end, severity in masked_words(folded.text):
            span = Span(field, *folded.origin(start, end))
            if not is_initial(candidate, span):
                yield span, Entry(severity)
    # And so is what is set apart, in `what the f u c k`.
    yield from _in_disguise(candidate)
    for field, folded in fields:
        yield from set_apart(candidate, field, folded)
        yield from in_brackets(candidate, field, folded)
        yield from in_markup(candidate, field, folded)
    yield from _in_phrases(candidate, known)
    yield from in_capitals(candidate)
    yield from in_flags(candidate)
    yield from joined(candidate)
    yield from _in_words(candidate.readable, known)


def _in_words(tokens: Sequence[Token], known: Sequence[tuple[int, Known]]) -> Iterator[tuple[Span, Entry]]:
    for place, (hit, _) in known:
        if hit is None:
            continue
        token = tokens[place]
        whole = token.end - token.start == len(token.text)
        if hit.end is not None and whole:
            yield Span(token.field, token.start + hit.start, token.start + hit.end), hit.entry
        else:
            yield token.span, hit.entry


def _in_disguise(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words that are innocent by themselves, and whose letters were struck through, styled, or set apart."""
    text = candidate.text
    is_styled = not text.isascii() and _STYLED.search(text)
    if candidate.folded_text.offsets is None and not is_styled:
        return
    for token in candidate.readable:
        is_apart = 2 * (token.end - token.start) >= 3 * len(token.text)
        if (is_apart or (is_styled and token.field == "text" and _STYLED.match(text, token.start))) and (
            entry := masked(token.text)
        ):
            yield token.span, entry


def _in_phrases(candidate: Candidate, known: Sequence[tuple[int, Known]]) -> Iterator[tuple[Span, Entry]]:
    tokens = candidate.readable
    for place, (_, phrases) in known:
        for phrase in phrases:
            start = place - phrase.first
            row = tokens[max(0, start) : start + len(phrase.words)]
            if len(row) < len(phrase.words) or any(each.field != row[0].field for each in row):
                continue
            if all(
                part == each.text or (len(each.text) <= MAX_WORD and part in plainly(each.text))
                for part, each in zip(phrase.words, row, strict=True)
            ):
                span = Span(row[0].field, row[phrase.first].start, row[phrase.last - 1].end)
                if phrase.last - phrase.first == len(row) or not is_name(candidate, span):
                    yield span, phrase.entry
