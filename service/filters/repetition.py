"""Keywords strung together: the same words again and again, or a list of search terms."""

from collections import Counter
from itertools import pairwise
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MIN_WORDS: Final = 12
MIN_ITEMS: Final = 4
MAX_LIST: Final = 1_000
_LONGEST_ITEM: Final = 6
_SHORT_WORD: Final = 4
_MUCH: Final = 0.18


@filter("repetition", weight=2.0, says="It repeats the same words like a list of search terms.")
def repetition(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when pairs of long words come back, or a word does in each item of a list; slogans are short."""
    words = [token.text for token in candidate.tokens if token.field == "text"][:600]
    if len(words) < MIN_WORDS or len(set(words)) < 4:
        return None
    if common := _common_word(candidate.folded_text.text[:MAX_LIST]):
        return repetition.signal(0.8, evidence=[common])
    pairs = Counter(pairwise(words))
    again = Counter({pair: count for pair, count in pairs.items() if count > 2 and _is_long(pair)})
    share = again.total() / len(words)
    if share < _MUCH:
        return None
    most = [" ".join(pair) for pair, _ in again.most_common(3)]
    return repetition.signal(min(1.0, share * 2), evidence=most)


def _common_word(text: str) -> str | None:
    """The word that nearly all items of a list of search terms have, if it is such a list."""
    items = [item.split() for item in text.split(",")]
    if len(items) < MIN_ITEMS or max(map(len, items)) > _LONGEST_ITEM:
        return None
    # In the order of the text: a set would have one of its own in each process.
    counts = Counter(word for item in items for word in dict.fromkeys(item) if len(word) > 2)
    word, count = counts.most_common(1)[0] if counts else ("", 0)
    return word if count >= 0.7 * len(items) else None


def _is_long(pair: tuple[str, str]) -> bool:
    return min(map(len, pair)) >= _SHORT_WORD
