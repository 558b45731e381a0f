"""Praise and phrases that would fit any page, from somebody whose name or link wants to be clicked."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import foreign_links
from service.screening.pitches import find_phrases, sells

_FITS_ANY_PAGE: Final = frozenset({"praise", "boilerplate"})
_SAYS: Final = "It is made of phrases that would fit any page"


@filter("praise", weight=4.0, says=f"{_SAYS}.")
def praise(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when such phrases come with something to click on; without it, only when there are many."""
    found = [each for each in find_phrases(candidate.folded_text, "text") if each.group in _FITS_ANY_PAGE]
    lures = bool(candidate.website or foreign_links(candidate, facts.own_hosts))
    brand = sells(candidate.folded_name, "name") > 0
    if not found or (not (lures or brand) and len(found) < 4):
        return None
    covered = sum(each.span.end - each.span.start for each in found) / len(candidate.text)
    strength = 0.22 * min(len(found), 4) + (0.2 if covered > 0.35 else 0.0) + (0.15 if covered > 0.7 else 0.0)
    return praise.signal(
        min(1.0, strength) if lures or brand else 0.4,
        says=f"{_SAYS}, and brings a name or link to click on." if lures or brand else praise.says,
        spans=[each.span for each in found],
    )
