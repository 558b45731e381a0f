"""Keywords strung together: the same words again and again, or a list of search terms."""

from collections import Counter
from itertools import pairwise
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MIN_WORDS: Final = 12
_SHORT_WORD: Final = 4
_MUCH: Final = 0.18


@filter("repetition", weight=2.0, says="It repeats the same words like a list of search terms.")
def repetition(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when pairs of long words come back; a chanted slogan is short, and left alone."""
    words = [token.text for token in candidate.tokens if token.field == "text"][:600]
    if len(words) < MIN_WORDS or len(set(words)) < 4:
        return None
    pairs = Counter(pair for pair in pairwise(words) if min(map(len, pair)) >= _SHORT_WORD)
    again = sum(count for count in pairs.values() if count > 2)
    share = again / len(words)
    if share < _MUCH:
        return None
    most = [" ".join(pair) for pair, count in pairs.most_common(3) if count > 2]
    return repetition.signal(min(1.0, share * 2), evidence=most)
