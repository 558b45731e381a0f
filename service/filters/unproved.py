"""A proof of work was due, and its form could not give one: many are sent so that people look at few."""

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter


@filter("unproved", weight=1.0, says="It came in a rush, from a form that cannot prove any work.")
def unproved(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when limits or a flood asked for a proof, and the form was one without script."""
    return unproved.signal(1.0) if facts.unproved else None
