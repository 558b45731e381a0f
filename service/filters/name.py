"""The author's name: a product, a domain, or a trade is nobody's name."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.pitches import sells

_DOMAIN: Final = re.compile(r"(?i)\.(?:com|net|org|info|biz|shop|store|online|site|top|xyz|pk|in|co)\b")


@filter("name", weight=1.8, says="The author's name is a product, a trade or a website.")
def name(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when the name sells something, louder when a website stands beside it."""
    words = sells(candidate.folded_name, "name")
    domain = _DOMAIN.search(candidate.name)
    if not (words or domain):
        return None
    strength = 0.35 * min(words, 2) + 0.6 * bool(domain) + 0.25 * bool(candidate.website)
    return name.signal(min(1.0, strength), spans=[Span("name", 0, len(candidate.name))])
