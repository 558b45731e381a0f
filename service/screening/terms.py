"""A site's own terms, compiled: ten thousand of them cost a text no more than ten.

All terms are sought in one pass over the folded text (Aho and Corasick, CACM 18, 1975), and count where
they stand as words of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ahocorasick

from service.model.screenings import Span
from service.model.terms import Term, TermKind
from service.screening.folding import Folded, fold

MAX_HITS: Final = 200


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found in a field, and where."""

    term: Term
    span: Span


class Terms:
    """Compiled terms; none at all cost nothing."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """`terms` of both kinds; those that are equal once folded are one, and the last one counts."""
        self._automaton: ahocorasick.Automaton | None = None
        automaton = ahocorasick.Automaton()
        for term in terms:
            folded = " ".join(fold(term.text).text.split())
            if folded:
                automaton.add_word(folded, (len(folded), term))
        if len(automaton):
            automaton.make_automaton()
            self._automaton = automaton

    def find(self, folded: Folded, field: str) -> Sequence[TermHit]:
        """Every term that stands in this field as a word or phrase of its own, at most `MAX_HITS`."""
        if self._automaton is None:
            return ()
        text, places = _single_spaced(folded.text.translate(_SPACES))
        found = []
        for last, (length, term) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if _stands_alone(text, start, end):
                place = (start, end) if places is None else (places[start], places[end - 1] + 1)
                found.append(TermHit(term, Span(field, *folded.origin(*place))))
                if len(found) == MAX_HITS:
                    break
        return found

    def find_all(self, *, name: Folded, text: Folded, website: Folded) -> Sequence[TermHit]:
        """Every term in everything that an author writes."""
        return (*self.find(name, "name"), *self.find(text, "text"), *self.find(website, "website"))


def compile_terms(terms: Sequence[Term]) -> Terms:
    """Make terms ready for use."""
    return Terms(terms) if terms else NO_TERMS


def blocked(hits: Sequence[TermHit]) -> Sequence[TermHit]:
    """The hits of blocked terms that no allowed term covers."""
    allowed = [hit.span for hit in hits if hit.term.kind is TermKind.ALLOW]
    return [hit for hit in hits if hit.term.kind is TermKind.BLOCK and not is_covered(hit.span, allowed)]


def is_covered(span: Span, allowed: Sequence[Span]) -> bool:
    """Whether one of these places holds the whole span."""
    # A loop and no `any`: it is asked for each of many words, and most sites allow none.
    for each in allowed:
        if each.field == span.field and each.start <= span.start and span.end <= each.end:
            return True
    return False


def stands_in(text: str, words: str) -> bool:
    """Whether folded words stand in a folded text as a word or phrase of their own."""
    start = text.find(words)
    while start >= 0:
        if _stands_alone(text, start, start + len(words)):
            return True
        start = text.find(words, start + 1)
    return False


def _single_spaced(text: str) -> tuple[str, Sequence[int] | None]:
    """A text in which no space follows another, and where its characters stood; None where they stand yet.

    A phrase is the same across a line's end, which forms send as two characters.
    """
    if "  " not in text:
        return text, None
    places = [place for place, each in enumerate(text) if each != " " or text[place - 1 : place] != " "]
    return "".join(text[place] for place in places), places


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A term that begins or ends with a letter or digit does so at the edge of a word."""
    before = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
    after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (before or after)


_SPACES: Final = dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\xa0\u2003\u2009\u202f\u3000"), " ")
NO_TERMS: Final = Terms(())
