"""Ways to be reached: readers discuss here, and whoever wants to talk elsewhere wants something else."""

from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.contacts import find_contacts
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.pitches import find_phrases

_STRENGTHS: Final = {(False, True): 0.25, (True, False): 0.7, (True, True): 0.9}


@filter("contacts", weight=3.0, says="It gives a way to be reached outside of the comments.")
def contacts(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when there is a number, an address or an account, louder when readers are asked to use it.

    Half as loud where the text speaks of police, hospitals, helplines or members of parliament: those have
    numbers too. What was found is marked and never quoted: an e-mail address leaves the text in no other way.
    """
    found, asked = find_contacts(candidate.folded_text, "text")
    if not found and not asked:
        return None
    strength = _STRENGTHS[bool(found), bool(asked)]
    if any(each.group == "warning" for each in find_phrases(candidate.folded_text, "text")):
        strength /= 2
    return contacts.signal(strength, spans=[*found, *asked])
