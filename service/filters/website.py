"""The website an author gives: allowed, and yet what most advertisers came for."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.folding import fold
from service.screening.links import has_cheap_end, host_of
from service.screening.pitches import sells

MIN_BRAND: Final = 6
_SIGNS: Final = re.compile(r"[^a-z]+")


@filter("website", weight=2.2, says="The author gives a website.")
def website(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak in a low voice for any website, louder when its address sells or is the author's name."""
    if not candidate.website:
        return None
    host = host_of(candidate.website)
    words = sells(fold(_SIGNS.sub(" ", host)), "website")
    cheap, brand = has_cheap_end(host), _is_named_after(candidate.folded_name.text, host)
    says = website.says
    if words or cheap:
        says = "The website that the author gives looks like a shop's."
    elif brand:
        says = "The author is named after the website."
    spans = [Span("website", 0, len(candidate.website))] if words or cheap or brand else []
    strength = 0.4 + 0.3 * min(words, 2) + 0.2 * cheap + 0.25 * brand
    return website.signal(min(1.0, strength), says=says, spans=spans)


def _is_named_after(name: str, host: str) -> bool:
    """Whether name and host begin alike: the name of a company, or of a person with a site of their own."""
    squeezed, label = _SIGNS.sub("", name), _SIGNS.sub("", host.removeprefix("www.").partition(".")[0])
    return min(len(squeezed), len(label)) >= MIN_BRAND and (
        squeezed.startswith(label) or label.startswith(squeezed)
    )
