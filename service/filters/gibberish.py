"""Letters without words, as programs send to find out which forms take a comment."""

import re
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MAX_TOKENS: Final = 60
_LATIN: Final = re.compile(r"[a-z]{5,30}")
# No vowel at all, or more consonants on end than any European language has.
_UNSPEAKABLE: Final = re.compile(r"[^aeiouy]+|[a-z]*[^aeiouy]{5,}[a-z]*|[a-z]*[jqvwxz]{2}[a-z]*")


@filter("gibberish", weight=2.0, says="Most of its words cannot be spoken, as in the probes of programs.")
def gibberish(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when most of at least three longer words are unspeakable; a sneeze or a slip is one word."""
    in_links = [link.span for link in candidate.links if link.span.field == "text"]
    words = [
        token
        for token in candidate.tokens[:MAX_TOKENS]
        if token.field == "text"
        and _LATIN.fullmatch(token.text)
        and not any(span.start <= token.start < span.end for span in in_links)
    ]
    odd = [token.span for token in words if _UNSPEAKABLE.fullmatch(token.text)]
    if len(odd) < 3 or len(odd) < 0.6 * len(words):
        return None
    return gibberish.signal(1.0, spans=odd)
