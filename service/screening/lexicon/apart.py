"""Finds listed words that are written letter by letter, cut in two, or told apart by capitals alone."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise
from typing import Final

from service.model.screenings import Span
from service.screening.candidate import Candidate, Token
from service.screening.folding import Folded
from service.screening.lexicon.lists import Entry, lists
from service.screening.lexicon.lookup import look
from service.screening.lexicon.masks import dashed_words, masked

_SHORTEST_RUN: Final = 4
_LONGEST_IN_RUN: Final = 16
# Nobody reads more letters set apart than this, and looking at each beginning is dear.
_MAX_APART: Final = 300
_APART: Final = r"[\s.\-_*/|\\,~+'\"·•]"
_SPELT: Final = re.compile(rf"(?<![^\W_])(?:[^\W_]{_APART}{{1,3}}){{2,}}[^\W_](?![^\W_])")
# The middle of it, which begins with what most characters are not.
_WORTH_A_LOOK: Final = re.compile(rf"{_APART}[^\W_]{_APART}{{1,3}}[^\W_](?![^\W_])")
_JOINT: Final = re.compile(r"[.\-_'’/|~\u200b]|-\n")
# What stands beside a space as a word of its own, in some language that is written here.
_WORDS: Final = frozenset(
    {"it", "hit", "at", "a", "as", "ass", "hole", "re", "got", "con", "pen", "du", "itch", "de", "me", "ten"}
    | {
        "red",
        "ion",
        "head",
        "bag",
        "wit",
        "off",
        "in",
        "ed",
        "er",
        "chod",
        "chhod",
        "chor",
        "chhor",
        "is",
        "ta",
    }
)
_SHORTEST_PART: Final = 3
_LONG: Final = 6
_HUMP: Final = re.compile("[a-z][A-Z]")
_HUMPED: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z]{0,60}")
_BRACKETED: Final = re.compile(r"(?<!\w)[a-z]{1,10}[\[({][a-z]{1,3}[\])}][a-z]{1,10}(?!\w)")
_MAX_TAGS: Final = 100
_PARTS: Final = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LONGEST_CUT: Final = 14
# `who're` is two words, and they are no others.
_CONTRACTED: Final = frozenset({"re", "s", "t", "d", "m", "ll", "ve"})
# S. H. Iqbal has two of them, W.A.N.K.E.R. is no name.
_LONG_NAME: Final = 10
_INITIALS: Final = re.compile(r"(?:[A-Z]\. ?){2,}")


def set_apart(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words written letter by letter: `s h i t`, `f.u.c.k`; initials of names are none."""
    if not _WORTH_A_LOOK.search(folded.text):
        return
    left = _MAX_APART
    for match in _SPELT.finditer(folded.text):
        span = Span(field, *folded.origin(*match.span()))
        quote = candidate.quote(span)
        if _INITIALS.match(quote) and len(quote) < _LONG_NAME:
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
            entry = hit.entry if hit and hit.end is None else masked(run[start:end])
            if entry and not entry.lowercase and not entry.language:
                # A letter more that makes no other word is a word of its own: `s h i t a lot`.
                listed = lists().words
                end -= run[start:end] not in listed and run[start : end - 1] in listed
                yield start, end, entry
                start = end
                break
        else:
            start += 1


def joined(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words cut once: by a sign (`sh.it`), by the end of a line (`wan-`, `ker`), or by a space (`fu ck`)."""
    texts, beginnings, words = {"text": candidate.text, "name": candidate.name}, _beginnings(), lists().words
    for one, other in pairwise(candidate.readable):
        gap = other.start - one.end
        if not 0 < gap <= 2 or one.field != other.field or one.field not in texts:
            continue
        is_space = texts[one.field][one.end] == " "
        # Most words stand beside a space and begin none that people cut.
        if is_space and (gap > 1 or one.text not in beginnings):
            continue
        entry = words.get(one.text + other.text)
        if not entry or entry.language or entry.lowercase or len(one.text + other.text) > _LONGEST_CUT:
            continue
        if entry.severity < 2 and len(one.text + other.text) < _LONG:
            continue
        if _is_cut(candidate, one, other) if is_space else _is_joint(candidate, one, other):
            yield Span(one.field, one.start, other.end), entry


@cache
def _beginnings() -> frozenset[str]:
    """What the words that people cut begin with."""
    return frozenset(word[:end] for word in dashed_words() for end in range(2, len(word)))


def _is_joint(candidate: Candidate, one: Token, other: Token) -> bool:
    """Whether a sign cuts a word: a chain of them (`Pu-ta-yuan`) is a name, and `s/hit/miss/` is none."""
    sign = candidate.quote(Span(one.field, one.end, other.start))
    if (
        not _JOINT.fullmatch(sign)
        or other.text in _CONTRACTED
        or (sign in "/'’" and len(one.text) < _SHORTEST_PART)
    ):
        return False
    text = candidate.text if one.field == "text" else candidate.name
    before, after = text[max(0, one.start - 1) : one.start], text[other.end : other.end + 2]
    return not (_JOINT.fullmatch(before) or (_JOINT.match(after) and after[1:].strip()))


def _is_cut(candidate: Candidate, one: Token, other: Token) -> bool:
    """Whether a space was put into a word: neither two words of their own, nor a name."""
    if one.text + other.text not in dashed_words() or other.text in _WORDS:
        return False
    if one.text in _WORDS and len(other.text) < _SHORTEST_PART:
        return False
    return not candidate.quote(other.span)[0].isupper() or candidate.quote(one.span).isupper()


def in_brackets(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words with a letter in brackets: `sh[i]t`; `person(s)` and `(s)he` are none."""
    if "[" not in folded.text and "(" not in folded.text:
        return
    for match in islice(_BRACKETED.finditer(folded.text), _MAX_TAGS):
        entry = lists().words.get("".join(filter(str.isalpha, match[0])))
        if entry and not entry.language and not entry.lowercase:
            yield Span(field, *folded.origin(*match.span())), entry


def in_capitals(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words that only capitals tell apart: `#FuckTheTollTax`, `WhatAWanker`; not in links."""
    if not _HUMP.search(candidate.text):
        return
    for tag in islice(_HUMPED.finditer(candidate.text), _MAX_TAGS):
        if any(link.span.start <= tag.start() < link.span.end for link in candidate.links):
            continue
        for match in _PARTS.finditer(candidate.text, *tag.span()):
            hit = look(match[0].lower()) if len(match[0]) > 1 else None
            if hit and hit.end is None and hit.entry == Entry(hit.entry.severity):
                yield Span("text", *match.span()), hit.entry
