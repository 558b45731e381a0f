"""How long the form was open. Nobody reads an article's form and writes a comment in under three seconds."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

TOO_FAST_SECONDS: Final = 3.0


@filter("fill_time", weight=1.5, says="The form was sent faster than a person can fill it in.")
def fill_time(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when the form was sent too soon, and in a low voice when there was no form at all.

    Programs that use the API in good faith have no form either, so that alone is worth next to nothing.
    """
    if not facts.has_form_token:
        return fill_time.signal(0.2, says="It did not come through the comment form, so it was not timed.")
    if facts.fill_seconds is None or facts.fill_seconds >= TOO_FAST_SECONDS:
        return None
    return fill_time.signal(
        1.0,
        says=f"The form was sent {facts.fill_seconds:.1f} seconds after it was opened, "
        "faster than a person can fill it in.",
    )
