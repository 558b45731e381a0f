"""Finds listed words in a candidate: as words, in phrases, masked, set apart, or joined to others."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from service.model.screenings import Span
from service.screening.candidate import Candidate, Token
from service.screening.folding import Folded
from service.screening.lexicon.languages import is_rather, languages_of
from service.screening.lexicon.lists import Entry, Phrase, as_spelt, lists
from service.screening.lexicon.masks import masked_words
from service.screening.lexicon.readings import doubled_vowels_read_once, is_plain, loose_readings, readings
from service.screening.terms import is_covered

MAX_WORD: Final = 40
MAX_FOUND: Final = 50
_SHORTEST_RUN: Final = 4
_LONGEST_IN_RUN: Final = 16
# Nobody reads more letters set apart than this, and looking at each beginning is dear.
_MAX_APART: Final = 300
_APART: Final = r"[\s.\-_*/|\\,~+'\"·•]"
_SPELT: Final = re.compile(rf"(?<![^\W_])(?:[^\W_]{_APART}{{1,3}}){{2,}}[^\W_](?![^\W_])")
# The middle of it, which begins with what most characters are not.
_WORTH_A_LOOK: Final = re.compile(rf"{_APART}[^\W_]{_APART}{{1,3}}[^\W_](?![^\W_])")
_JOINT: Final = re.compile(r"[.\-_'’/|~\u200b](?<=\S.)(?=\S)")
_INITIALS: Final = re.compile(r"(?:[A-Z]\. ?){2,}")
_NEAR: Final = 5
# Scripts from here on set no space between words.
_UNSPACED: Final = "\u2e80"
_LEAD_IN: Final = re.compile(
    r"(?:go|you|i|u|oh+|holy|what|wat|the|wt|shut|who|this|get|how|why|just|so|no|aw+|for|omg|lol|my)*"
)
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


class _Known(NamedTuple):
    """What the lists know about a word by itself, and the phrases that are looked up by it."""

    hit: _Hit | None
    phrases: Sequence[Phrase]


def find(candidate: Candidate, language: str) -> Sequence[Found]:
    """Every listed word, at most `MAX_FOUND`; `language` is the site's (BCP 47 primary subtag)."""
    words = [token.text if len(token.text) <= MAX_WORD else _cut(token.text) for token in candidate.readable]
    found: list[Found] = []
    taken: dict[str, set[int]] = defaultdict(set)
    shown: frozenset[str] | None = None
    excused: frozenset[tuple[str, int]] | None = None
    for span, entry in _all(candidate, words):
        if entry.language:
            shown = shown or languages_of(words, language)
            if entry.language not in shown:
                continue
        if not _is_written_so(candidate.quote(span), entry):
            continue
        excused = _excused(candidate.readable) if excused is None else excused
        if (span.field, span.start) in excused:
            continue
        places = range(span.start, span.end)
        if taken[span.field].isdisjoint(places) and not is_covered(span, candidate.allowed):
            found.append(Found(span, entry.severity))
            taken[span.field].update(places)
            if len(found) == MAX_FOUND:
                break
    return sorted(found, key=lambda each: (each.span.field, each.span.start))


def _is_written_so(quote: str, entry: Entry) -> bool:
    if entry.lowercase and quote != quote.lower():
        return False
    return not entry.written or as_spelt(quote) == entry.written


def _excused(tokens: Sequence[Token]) -> frozenset[tuple[str, int]]:
    """Where words begin that mean something else here: *tits* beside *nest*, *Shitstorm* in German."""
    known = lists()
    borrowing = {each for token in tokens for each in known.innocent_in.get(token.text, ())}
    spoken = {language for language in borrowing if is_rather(language, tokens)}
    return frozenset(
        (token.field, token.start)
        for place, token in enumerate(tokens)
        if (
            (beside := known.excused.get(token.text)) is not None
            and any(near.text in beside for near in tokens[max(0, place - _NEAR) : place + _NEAR + 1])
        )
        or not spoken.isdisjoint(known.innocent_in.get(token.text, ()))
    )


def _all(candidate: Candidate, words: Sequence[str]) -> Iterator[tuple[Span, Entry]]:
    known = [(place, each) for place, each in enumerate(map(_read, words)) if each]
    fields = (("name", candidate.folded_name), ("text", candidate.folded_text))
    # What is masked comes first: `f` alone is a phrase's, in `shut the f*** up`.
    for field, folded in fields:
        for start, end, severity in masked_words(folded.text):
            yield Span(field, *folded.origin(start, end)), Entry(severity)
    yield from _in_phrases(candidate, known)
    yield from _in_words(candidate.readable, known)
    for field, folded in fields:
        yield from _set_apart(candidate, field, folded)
    yield from _joined(candidate)


def _in_words(tokens: Sequence[Token], known: Sequence[tuple[int, _Known]]) -> Iterator[tuple[Span, Entry]]:
    for place, (hit, _) in known:
        if hit is None:
            continue
        token = tokens[place]
        whole = token.end - token.start == len(token.text)
        if hit.end is not None and whole:
            yield Span(token.field, token.start + hit.start, token.start + hit.end), hit.entry
        else:
            yield token.span, hit.entry


def look(word: str) -> _Hit | None:
    """What the lists know about a folded word, in whatever way it is written."""
    known = _read(word if len(word) <= MAX_WORD else _cut(word))
    return known and known.hit


def _cut(word: str) -> str:
    """A long word without what was drawn out, and no longer than is read."""
    return re.sub(r"(.)\1{3,}", r"\1\1\1", word)[:MAX_WORD]


# Words come again and again, and hardly any is listed.
@lru_cache(maxsize=32_768)
def _read(word: str) -> _Known | None:
    hit, phrases = _look(word) if len(word) > 1 else None, _phrases_with(word)
    return _Known(hit, phrases) if hit or phrases else None


def _look(word: str) -> _Hit | None:
    if is_plain(word):
        return _known(word)
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
        return None if entry.language or word.startswith(lists().innocent) else _Hit(entry)
    return None


def _known(word: str) -> _Hit | None:
    known = lists()
    entry = known.words.get(word)
    if entry is not None:
        return _Hit(entry)
    hit = _beginning(word) or _inside(word)
    return None if hit and word.startswith(known.innocent) else hit


def _beginning(word: str) -> _Hit | None:
    known = lists()
    for start, entry in known.starts.get(word[: known.head], ()):
        if len(start) < len(word) and word.startswith(start):
            return _Hit(entry)
    return None


def _inside(word: str) -> _Hit | None:
    for last, (length, entry) in lists().stems.iter(word):
        start, end = last + 1 - length, last + 1
        rest = word[end:]
        tail = next((tail for tail in _TAILS if rest.startswith(tail)), "")
        if end + len(tail) == len(word) and start < length:
            return _Hit(entry)
        if word[start] >= _UNSPACED:
            return _Hit(entry, start, end)
        if (entry_of_rest := lists().words.get(word[start:])) is not None and start <= 5:
            return _Hit(entry_of_rest)
        return _Hit(entry, start, end + len(tail)) if not _reads_on(word, start) else _Hit(entry)
    return None


def _reads_on(word: str, start: int) -> bool:
    """Whether plain words lead to the stem, as in `gofuckyourself`: then all of it is meant."""
    return _LEAD_IN.fullmatch(word, 0, start) is not None


def _in_phrases(candidate: Candidate, known: Sequence[tuple[int, _Known]]) -> Iterator[tuple[Span, Entry]]:
    tokens = candidate.readable
    for place, (_, phrases) in known:
        for phrase in phrases:
            start = place - phrase.first
            row = tokens[max(0, start) : start + len(phrase.words)]
            if len(row) < len(phrase.words) or any(each.field != row[0].field for each in row):
                continue
            if all(
                part == each.text or (len(each.text) <= MAX_WORD and part in _plain(each.text))
                for part, each in zip(phrase.words, row, strict=True)
            ):
                span = Span(row[0].field, row[phrase.first].start, row[phrase.last - 1].end)
                if phrase.last - phrase.first == len(row) or not _is_name(candidate, span):
                    yield span, phrase.entry


def _phrases_with(word: str) -> Sequence[Phrase]:
    """The phrases that are looked up by this word, as it is or read loosely."""
    phrases = lists().phrases
    if is_plain(word):
        return phrases.get(word, ())
    return [phrase for each in loose_readings(word) for phrase in phrases.get(each, ())]


@lru_cache(maxsize=8_192)
def _plain(word: str) -> frozenset[str]:
    return frozenset(loose_readings(word))


def _is_name(candidate: Candidate, span: Span) -> bool:
    """Whether a word that may be a name is written as one, and not because a sentence begins with it."""
    quote = candidate.quote(span)
    if not quote[:1].isupper() or quote.isupper():
        return False
    before = candidate.text[max(0, span.start - 2) : span.start] if span.field == "text" else ""
    return bool(before.strip()) and before.strip()[-1] not in ".!?\n"


def _set_apart(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
    """Words written letter by letter: `s h i t`, `f.u.c.k`; initials of names are none."""
    if not _WORTH_A_LOOK.search(folded.text):
        return
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


def _joined(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words cut by one sign and no space: `sh.it`, `fu-ck`."""
    fields = {"name": candidate.name, "text": candidate.text}
    joints = {field: {match.start() for match in _JOINT.finditer(text)} for field, text in fields.items()}
    for one, other in pairwise(candidate.readable):
        if one.end not in joints.get(one.field, ()) or other.start - one.end != 1:
            continue
        if one.field != other.field or len(one.text) + len(other.text) > 14:
            continue
        entry = lists().words.get(one.text + other.text)
        if entry and entry.severity > 1 and not entry.language and not entry.lowercase:
            yield Span(one.field, one.start, other.end), entry
