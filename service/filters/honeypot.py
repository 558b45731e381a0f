"""The form has a field that people do not see. Programs that fill in every field give themselves away."""

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter


@filter("honeypot", weight=6.0, says="A field that people cannot see was filled in, as programs do.")
def honeypot(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the hidden field is not empty."""
    return honeypot.signal(1.0) if facts.honeypot else None
