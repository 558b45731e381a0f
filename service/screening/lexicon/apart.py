"""Finds listed words that are written letter by letter, cut by signs or markup, or told apart by capitals."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from itertools import islice
from typing import Final

from service.model.screenings import Span
from service.screening.candidate import Candidate, Token
from service.screening.folding import Folded, fold
from service.screening.lexicon.around import around
from service.screening.lexicon.lists import Entry, lists
from service.screening.lexicon.lookup import look
from service.screening.lexicon.masks import dashed_words, masked

_SHORTEST_RUN: Final = 4
# People have such initials, but nobody has these.
_ACRONYMS: Final = frozenset({"wtf", "wtaf", "stfu", "gtfo", "omfg", "lmfao", "ffs", "fdp", "ntm"})
_LONGEST_IN_RUN: Final = 16
# Nobody reads more letters set apart than this, and looking at each beginning is dear.
_MAX_APART: Final = 300
_EMOJI: Final = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def _spelt(apart: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds words spelt with these between their letters, and what finds where that is worth a look.

    The latter is the middle of it, which begins with what most characters are not.
    """
    return (
        re.compile(rf"(?<![^\W_])(?:[^\W_]{apart}{{1,3}}){{2,}}[^\W_](?![^\W_])"),
        re.compile(rf"{apart}[^\W_]{apart}{{1,3}}[^\W_](?![^\W_])"),
    )


_BY_SIGNS: Final = _spelt(r"[\s.\-_*/|\\,~+'\"·•]")
# Looking for these as well takes longer.
_BY_EMOJI: Final = _spelt(rf"[\s.\-_*/|\\,~+'\"·•{_EMOJI.pattern[1:]}")
_JOINT: Final = re.compile(r"[.\-_'’/|~\u200b]|-\n")
# What stands beside a space as a word of its own, in some language that is written here.
_WORDS: Final = frozenset(
    {
        *("it", "hit", "at", "a", "as", "ass", "hole", "re", "got", "con", "pen"),
        *("du", "itch", "de", "me", "ten", "red", "ion", "head", "bag", "wit", "off"),
        *("in", "ed", "er", "chod", "chhod", "chor", "chhor", "is", "ta"),
    }
)
_SHORTEST_PART: Final = 3
_LONG: Final = 6
_SMALL, _CAPITAL = "a-zß-öø-ÿ", "A-ZÀ-ÖØ-Þ"
_HUMP: Final = re.compile(f"[{_CAPITAL}](?<=[{_SMALL}].)")
_LATIN: Final = f"[{_SMALL}{_CAPITAL}]"
_HUMPED: Final = re.compile(rf"(?<!{_LATIN}){_LATIN}{{0,20}}[{_SMALL}][{_CAPITAL}]{_LATIN}{{0,60}}")
_LONGEST_HUMPED: Final = 90
_BRACKETED: Final = re.compile(r"(?<!\w)[a-z]{1,10}[\[({][a-z]{1,3}[\])}][a-z]{1,10}(?!\w)")
_BRACKET: Final = re.compile(r"[\[({](?<=[a-z].)[a-z]{1,3}[\])}][a-z]")
_LONGEST_BRACKETED: Final = 30
_MAX_TAGS: Final = 100
_TAG: Final = re.compile(r"</?[a-z]{1,8} ?/?>|\[/?[a-z]{1,8}\]|&(?:[a-z]{2,6}|#x?[\da-f]{1,5});|\*\*|__|~~")
_LETTERS: Final = r"[^\W\d_]{1,12}"
_TAGGED: Final = re.compile(rf"(?<!\w){_LETTERS}(?:(?:{_TAG.pattern}){{1,4}}{_LETTERS}){{1,6}}(?!\w)")
_FLAG_LETTERS: Final = {0x1F1E6 + place: chr(ord("a") + place) for place in range(26)} | {
    0x20: "",
    0x200B: "",
}
_FLAGS: Final = re.compile("[\U0001f1e6-\U0001f1ff](?:[\u200b ]?[\U0001f1e6-\U0001f1ff]){3,15}")
_PARTS: Final = re.compile(f"[{_CAPITAL}]?[{_SMALL}]+|[{_CAPITAL}]+(?![{_SMALL}])")
_CUT_OFF: Final = frozenset({"f", "c"})
_LONGEST_CUT: Final = 14
# `who're` is two words, and they are no others.
_CONTRACTED: Final = frozenset({"re", "s", "t", "d", "m", "ll", "ve"})
# S. H. Iqbal has two of them, W.A.N.K.E.R. is no name.
_LONG_NAME: Final = 10
_DOTTED: Final = re.compile(r"(?:\w\.){3,}\w")
_INITIALS: Final = re.compile(r"(?:[A-Z]\. ?){2,}")


def set_apart(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words written letter by letter: `s h i t`, `f.u.c.k`; initials of names are none."""
    has_emoji = not folded.text.isascii() and _EMOJI.search(folded.text)
    spelt, worth_a_look = _BY_EMOJI if has_emoji else _BY_SIGNS
    if not worth_a_look.search(folded.text):
        return
    left = _MAX_APART
    for match in spelt.finditer(folded.text):
        span = Span(field, *folded.origin(*match.span()))
        quote = candidate.quote(span)
        letters = "".join(filter(str.isalnum, match[0]))
        known = lists().words.get(letters)
        if known and (
            letters in _ACRONYMS or (_DOTTED.fullmatch(quote) and known == Entry(2, written=known.written))
        ):
            yield span, known
        if _INITIALS.match(quote) and len(quote) < _LONG_NAME:
            continue
        places = [match.start() + place for place, letter in enumerate(match[0]) if letter.isalnum()]
        run = "".join(folded.text[place] for place in places[:left])
        left -= len(run)
        for start, end, entry in _in_run(run, is_small=quote == quote.lower()):
            yield Span(field, *folded.origin(places[start], places[end - 1] + 1)), entry


def _in_run(run: str, *, is_small: bool) -> Iterator[tuple[int, int, Entry]]:
    """The listed words in a run of letters, long enough not to stand there by chance, longest first.

    `is_small` says that all of it is in small letters. What counts in these only must be a language's, too.
    """
    start = 0
    while start + _SHORTEST_RUN <= len(run):
        if run.startswith(lists().innocent, start):
            return
        for end in range(min(len(run), start + _LONGEST_IN_RUN), start + _SHORTEST_RUN - 1, -1):
            hit = look(run[start:end])
            entry = hit.entry if hit and hit.end is None else masked(run[start:end])
            if entry and (not entry.lowercase or (is_small and entry.language)):
                # A letter more that makes no other word is a word of its own: `s h i t a lot`.
                listed = lists().words
                start += run[start:end] not in listed and run[start + 1 : end] in listed
                end -= run[start:end] not in listed and run[start : end - 1] in listed
                yield start, end, entry
                start = end
                break
        else:
            start += 1


def joined(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words cut once: by a sign (`sh.it`), by the end of a line (`wan-`, `ker`), or by a space (`fu ck`)."""
    texts, beginnings, words = {"text": candidate.text, "name": candidate.name}, _beginnings(), _cut_words()
    tokens = candidate.readable
    # Most words begin none that people cut.
    for place in [place for place, token in enumerate(tokens[:-1]) if token.text in beginnings]:
        one, other = tokens[place], tokens[place + 1]
        entry = words.get(one.text + other.text)
        gap = other.start - one.end
        if not entry or not 0 < gap <= 2 or one.field != other.field or one.field not in texts:
            continue
        if texts[one.field][one.end] == " ":
            is_cut = gap == 1 and _is_cut(candidate, one, other)
        else:
            is_cut = _is_joint(candidate, one, other)
        if is_cut:
            yield Span(one.field, one.start, other.end), entry


@cache
def _cut_words() -> Mapping[str, Entry]:
    """The words that people cut: such as count anywhere, and are bad or long."""
    return {
        word: entry
        for word, entry in lists().words.items()
        if not entry.language and not entry.lowercase
        if len(word) <= _LONGEST_CUT and (entry.severity > 1 or len(word) >= _LONG)
    }


@cache
def _beginnings() -> frozenset[str]:
    """What the words that people cut begin with."""
    return frozenset(word[:end] for word in _cut_words() for end in range(1, len(word)))


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
    # `the band's hits` has an s.
    if len(one.text) == 1 and one.text not in _CUT_OFF:
        return False
    if one.text in _WORDS and len(other.text) < _SHORTEST_PART:
        return False
    return not candidate.quote(other.span)[0].isupper() or candidate.quote(one.span).isupper()


def in_markup(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words that tags cut: `f<b>u</b>ck`, `sh[i][/i]t`, `bull&shy;shit`."""
    text = folded.text
    if not any(tag.start() and text[tag.start() - 1].isalpha() for tag in _TAG.finditer(text)):
        return
    for match in islice(_TAGGED.finditer(folded.text), _MAX_TAGS):
        hit = look(_TAG.sub(_letter, match[0]))
        if hit and hit.entry == Entry(hit.entry.severity):
            yield Span(field, *folded.origin(*match.span())), hit.entry


def _letter(tag: re.Match[str]) -> str:
    """What a tag adds to a word: nothing, or the letter that it is the number of."""
    return "".join(filter(str.isalpha, unescape(tag[0]))) if tag[0].startswith("&#") else ""


def in_flags(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words in the letters that flags are made of."""
    if candidate.text.isascii():
        return
    for match in islice(_FLAGS.finditer(candidate.text), _MAX_TAGS):
        hit = look(match[0].translate(_FLAG_LETTERS))
        if hit and hit.end is None:
            yield Span("text", *match.span()), hit.entry


def in_brackets(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words with a letter in brackets: `sh[i]t`; `person(s)` and `(s)he` are none."""
    for match in islice(around(_BRACKET, _BRACKETED, folded.text, _LONGEST_BRACKETED), _MAX_TAGS):
        entry = lists().words.get("".join(filter(str.isalpha, match[0])))
        if entry and not entry.language and not entry.lowercase:
            yield Span(field, *folded.origin(*match.span())), entry


def in_capitals(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words that only capitals tell apart: `#FuckTheTollTax`, `WhatAWanker`; not in links."""
    for tag in islice(around(_HUMP, _HUMPED, candidate.text, _LONGEST_HUMPED), _MAX_TAGS):
        if any(link.span.start <= tag.start() < link.span.end for link in candidate.links):
            continue
        for match in _PARTS.finditer(candidate.text, *tag.span()):
            hit = look(fold(match[0]).text) if len(match[0]) > 1 else None
            if hit and hit.end is None and hit.entry == Entry(hit.entry.severity):
                yield Span("text", *match.span()), hit.entry
