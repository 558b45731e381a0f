"""Velocity: too much from one network in a short time."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

USUAL: Final = 5
MUCH: Final = 20


@filter("velocity", weight=2.0, says="Many comments came from the same network within ten minutes.")
def velocity(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak from the sixth comment of a network in ten minutes; a school or an office shares one."""
    more = facts.network_recent - USUAL
    if more <= 0:
        return None
    return velocity.signal(
        min(1.0, more / (MUCH - USUAL)),
        says=f"{facts.network_recent} comments came from the same network within ten minutes.",
    )
