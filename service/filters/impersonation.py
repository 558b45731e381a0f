"""A name that passes for a moderator's or the site's: readers would take it for the word of the house."""

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter


@filter("impersonation", weight=1.0, says="The author's name looks like that of a moderator or of this site.")
def impersonation(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the name looks like one of the site's own; such a comment is for people to decide."""
    if not facts.poses or not candidate.name:
        return None
    return impersonation.signal(1.0, spans=[Span("name", 0, len(candidate.name))])
