"""An old article that is suddenly busy: readers have moved on, programs find it by its rank."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

OLD_DAYS: Final = 60.0
QUIET_DAYS: Final = 30.0
BUSY: Final = 3


@filter("old_page", weight=1.0, says="An old article that nobody wrote on for weeks has comments again.")
def old_page(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak in a low voice for one comment on a page gone quiet, louder when several come in an hour."""
    age, quiet = facts.page_age_days, facts.page_quiet_days
    if age is None or quiet is None or age < OLD_DAYS or quiet < QUIET_DAYS:
        return None
    return old_page.signal(1.0 if facts.page_recent >= BUSY else 0.4)
