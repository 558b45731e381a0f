"""The author's name: a product, a domain, or a trade is nobody's name."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.folding import fold
from service.screening.pitches import sells

_DOMAIN: Final = re.compile(r"(?i)\.(?:com|net|org|info|biz|shop|store|online|site|top|xyz|pk|in|co|id|ru)\b")
# Between the words of a name written as one: `EssayKing`, `zeusgacor88`.
_SEAMS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z])(?=\d)|(?<=\d)(?=[a-zA-Z])")


@filter("name", weight=2.4, says="The author's name is a product, a trade or a website.")
def name(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when the name sells something, louder for several words and beside a website."""
    words = sells(candidate.folded_name, "name")
    parted = _SEAMS.sub(" ", candidate.name)
    if parted != candidate.name:
        words = max(words, sells(fold(parted), "name"))
    domain = _DOMAIN.search(candidate.name) is not None
    if not (words or domain):
        return None
    strength = 0.35 * min(words, 2) + 0.6 * domain + 0.3 * bool(candidate.website)
    return name.signal(min(1.0, strength), spans=[Span("name", 0, len(candidate.name))])
