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
    pairs = Counter(pairwise(words))
    again = Counter({pair: count for pair, count in pairs.items() if count > 2 and _is_long(pair)})
    share = again.total() / len(words)
    if share < _MUCH:
        return None
    most = [" ".join(pair) for pair, _ in again.most_common(3)]
    return repetition.signal(min(1.0, share * 2), evidence=most)


def _is_long(pair: tuple[str, str]) -> bool:
    return min(map(len, pair)) >= _SHORT_WORD
