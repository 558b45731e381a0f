"""Swear words and slurs, by Greenroom's own lists of many languages, however they are written.

What is found is a word, not an intention: profanity only ever holds a comment.
"""

from typing import Final

from service.model.screenings import Axis, Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.lexicon.finding import Found, find

MAX_QUOTES: Final = 5
_SAYS: Final = {
    1: "It holds vulgar words.",
    2: "It holds strong swear words.",
    3: "It holds words that are slurs.",
}


@filter("profanity", weight=2.5, says="It holds swear words.", axis=Axis.PROFANITY)
def profanity(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the text, the name or the website's host holds a listed word, or one the site lists."""
    found = [*find(candidate, facts.language)]
    found += [Found(hit.span, hit.term.severity) for hit in candidate.blocked if hit.term.severity]
    if not found:
        return None
    severity = max(each.severity for each in found)
    quotes = list(dict.fromkeys(candidate.quote(each.span)[:60] for each in found))
    return profanity.signal(
        min(1.0, 0.2 + 0.2 * severity + 0.1 * len(quotes)),
        says=_SAYS[severity],
        spans=[each.span for each in found],
        evidence=quotes[:MAX_QUOTES],
        severity=severity,
    )
