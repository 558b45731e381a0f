"""The website an author gives: allowed, and yet what most advertisers came for."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.folding import fold
from service.screening.links import host_of
from service.screening.pitches import sells

_CHEAP_ENDS: Final = re.compile(
    r"\.(?:top|xyz|win|bet|casino|click|loan|shop|store|online|icu|vip|club|live|site|space)$"
)
_SIGNS: Final = re.compile(r"[^a-z]+")


@filter("website", weight=1.4, says="The author gives a website.")
def website(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak in a low voice for any website, louder when its address sells something."""
    if not candidate.website:
        return None
    host = host_of(candidate.website)
    words = sells(fold(_SIGNS.sub(" ", host)), "website")
    cheap = _CHEAP_ENDS.search(host) is not None
    says = "The website that the author gives looks like a shop's." if words or cheap else website.says
    strength = min(1.0, 0.25 + 0.4 * min(words, 2) + 0.3 * cheap)
    spans = [Span("website", 0, len(candidate.website))] if words or cheap else []
    return website.signal(strength, says=says, spans=spans)
