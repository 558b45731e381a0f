"""A mailbox for ten minutes: the author cannot be reached, and does not want to be."""

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter


@filter("disposable_email", weight=1.2, says="The e-mail address is of a service for throw-away mailboxes.")
def disposable_email(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the address's domain is listed as disposable."""
    return disposable_email.signal(1.0) if facts.disposable_email else None
