"""The site's own words: what its moderators do not want to see, foul or not."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

MAX_QUOTES: Final = 5


@filter("terms", weight=3.0, says="It holds words that this site blocks.")
def terms(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when a blocked term of no severity is found; foul ones are the profanity filter's to tell."""
    hits = [hit for hit in candidate.blocked if hit.term.severity == 0]
    if not hits:
        return None
    words = list(dict.fromkeys(hit.term.text for hit in hits))
    return terms.signal(
        min(1.0, 0.8 + 0.1 * len(words)), spans=[hit.span for hit in hits], evidence=words[:MAX_QUOTES]
    )
