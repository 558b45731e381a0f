"""Finds listed words that are written letter by letter, or cut in two."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from service.model.screenings import Span
from service.screening.candidate import Candidate
from service.screening.folding import Folded
from service.screening.lexicon.lists import Entry, lists
from service.screening.lexicon.lookup import look

_SHORTEST_RUN: Final = 4
_LONGEST_IN_RUN: Final = 16
# Nobody reads more letters set apart than this, and looking at each beginning is dear.
_MAX_APART: Final = 300
_APART: Final = r"[\s.\-_*/|\\,~+'\"·•]"
_SPELT: Final = re.compile(rf"(?<![^\W_])(?:[^\W_]{_APART}{{1,3}}){{2,}}[^\W_](?![^\W_])")
# The middle of it, which begins with what most characters are not.
_WORTH_A_LOOK: Final = re.compile(rf"{_APART}[^\W_]{_APART}{{1,3}}[^\W_](?![^\W_])")
_JOINT: Final = re.compile(r"[.\-_'’/|~\u200b](?<=\S.)(?=\S)")
# `who're` is two words, and they are no others.
_CONTRACTED: Final = frozenset({"re", "s", "t", "d", "m", "ll", "ve"})
_INITIALS: Final = re.compile(r"(?:[A-Z]\. ?){2,}")


def set_apart(candidate: Candidate, field: str, folded: Folded) -> Iterator[tuple[Span, Entry]]:
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


def joined(candidate: Candidate) -> Iterator[tuple[Span, Entry]]:
    """Words cut once by a sign and no space: `sh.it`, `fu-ck`; a chain of them (`Pu-ta-yuan`) is a name."""
    fields = {"name": candidate.name, "text": candidate.text}
    joints = {field: {match.start() for match in _JOINT.finditer(text)} for field, text in fields.items()}
    for one, other in pairwise(candidate.readable):
        signs = joints.get(one.field, ())
        if one.end not in signs or other.start - one.end != 1 or one.field != other.field:
            continue
        if len(one.text) + len(other.text) > _LONGEST_IN_RUN - 2 or other.text in _CONTRACTED:
            continue
        if one.start - 1 in signs or other.end in signs:
            continue
        entry = lists().words.get(one.text + other.text)
        if entry and entry.severity > 1 and not entry.language and not entry.lowercase:
            yield Span(one.field, one.start, other.end), entry
