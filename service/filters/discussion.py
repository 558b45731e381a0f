"""Discussion: what readers write about, and say of themselves, and advertisers seldom do."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.pitches import PROFESSION, find_phrases, sells

_EACH: Final = 0.4
_SHORTEST: Final = 6


@filter(
    "discussion",
    weight=2.0,
    says="It speaks of the article, of public affairs, or warns others, as readers do.",
)
def discussion(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak for the author where a website or the name counts against, and never louder than these do."""
    against = bool(candidate.website) + min(2, sells(candidate.folded_name, "name"))
    if not against:
        return None
    found = {
        candidate.quote(each.span).casefold(): each.span
        for each in find_phrases(candidate.folded_text, "text")
        if each.group in {"warning", PROFESSION}
    }
    if not found or len(candidate.tokens) < _SHORTEST:
        return None
    return discussion.signal(-min(1.0, _EACH * min(len(found), against)), spans=[*found.values()])
