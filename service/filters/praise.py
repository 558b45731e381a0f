"""Praise that would fit any page, from somebody whose name or website wants to be clicked."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import foreign_links
from service.screening.pitches import find_phrases

_SHORT: Final = 220


@filter("praise", weight=3.0, says="It praises in words that would fit any page.")
def praise(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when praise is all there is, and a website or a link comes with it; more praise is louder."""
    found = [each for each in find_phrases(candidate.folded_text, "text") if each.group == "praise"]
    if not found:
        return None
    lures = bool(candidate.website) + bool(foreign_links(candidate, facts.own_hosts))
    if not lures and len(found) < 3:
        return None
    covered = sum(each.span.end - each.span.start for each in found) / max(1, len(candidate.text))
    strength = 0.3 * bool(lures) + 0.15 * min(len(found), 4) + 0.4 * min(covered, 1.0)
    strength += 0.15 * (lures > 0 and len(candidate.text) < _SHORT)
    return praise.signal(
        min(1.0, strength),
        says="It praises in words that would fit any page, and brings a link."
        if lures
        else "It praises in words that would fit any page.",
        spans=[each.span for each in found],
    )
