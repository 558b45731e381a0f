"""A busy page: what everybody reads draws those who want to be clicked.

Many comments alone say nothing, for news is read at once. One that leads away, by somebody whom this site
does not know yet, is what a rush hides.
"""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import foreign_links

USUAL: Final = 30
MUCH: Final = 90


@filter(
    "busy_page",
    weight=1.0,
    says="Many comments came to this page within an hour, and this one by somebody new has a link.",
)
def busy_page(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak from the thirty-first comment of a page in an hour on, against links of unknown authors."""
    more = facts.page_recent - USUAL
    if more <= 0 or facts.author.approved:
        return None
    if not candidate.website and not foreign_links(candidate, facts.own_hosts):
        return None
    return busy_page.signal(min(1.0, 0.4 + 0.6 * more / (MUCH - USUAL)))
