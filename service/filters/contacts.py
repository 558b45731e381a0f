"""Ways to be reached: readers discuss here, and whoever wants to talk elsewhere wants something else."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.contacts import find_contacts
from service.screening.facts import Facts
from service.screening.filter import filter

_STRENGTHS: Final = {(False, True): 0.25, (True, False): 0.35, (True, True): 0.9}


@filter("contacts", weight=3.0, says="It gives a way to be reached outside of the comments.")
def contacts(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when there is a number, an address or an account, louder when readers are asked to use it.

    What was found is marked and never quoted: an e-mail address leaves the text in no other way.
    """
    found, asked = find_contacts(candidate.folded_text, "text")
    if not found and not asked:
        return None
    return contacts.signal(_STRENGTHS[bool(found), bool(asked)], spans=[*found, *asked])
