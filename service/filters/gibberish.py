"""Letters without words, as programs send to find out which forms take a comment."""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MAX_TOKENS: Final = 60
_LONGEST: Final = 30
_LATIN: Final = re.compile(rf"[a-z]{{5,{_LONGEST}}}")
# No vowel at all, or more consonants on end than any European language has.
# Capitals strewn over a word: `vrNxuYgA`.
_STREWN: Final = re.compile(r"(?<![^\W_])(?=[A-Za-z]{7,30}(?![^\W_]))(?:[A-Z]*[a-z]+[A-Z]){2,15}[A-Za-z]*")
# Hardly any text holds this part of what is strewn, and it is found much sooner.
_HUMP: Final = re.compile("[A-Z][a-z]+[A-Z]")
_UNSPEAKABLE: Final = re.compile(r"[^aeiouy]+|[a-z]*[^aeiouy]{5,}[a-z]*|[a-z]*[jqvwxz]{2}[a-z]*")


@filter("gibberish", weight=2.5, says="Most of its words cannot be spoken, as in the probes of programs.")
def gibberish(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when most of at least three longer words are unspeakable; a sneeze or a slip is one word."""
    tokens = candidate.tokens[:MAX_TOKENS]
    found = islice(_STREWN.finditer(candidate.text), MAX_TOKENS) if _HUMP.search(candidate.text) else ()
    strewn = {match.start() for match in found}
    if sum(_is_unspeakable(token.text[: _LONGEST + 1]) for token in tokens) + len(strewn) < 3:
        return None
    in_links = [link.span for link in candidate.links if link.span.field == "text"]
    words = [
        token
        for token in tokens
        if token.field == "text"
        and _LATIN.fullmatch(token.text)
        and not any(span.start <= token.start < span.end for span in in_links)
    ]
    odd = [token.span for token in words if token.start in strewn or _is_unspeakable(token.text)]
    if len(odd) < 3 or len(odd) < 0.6 * len(words):
        return None
    return gibberish.signal(1.0, spans=odd)


@lru_cache(maxsize=8_192)
def _is_unspeakable(word: str) -> bool:
    return bool(_LATIN.fullmatch(word) and _UNSPEAKABLE.fullmatch(word))
