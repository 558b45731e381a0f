"""Shouting: capitals, exclamation marks and emoji beyond measure. Readers get angry; this is a low voice."""

import re
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

_LONG: Final = 40
_EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@filter("shouting", weight=0.6, says="It shouts: capitals, or more emoji than words.")
def shouting(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when most of a longer text is capitals, or emoji outnumber words."""
    text = candidate.text[:2_000]
    letters, capitals = sum(map(str.isalpha, text)), sum(map(str.isupper, text))
    if letters >= _LONG and capitals > 0.7 * letters:
        return shouting.signal(0.6, says="Most of it is in capitals.")
    emoji = 0 if text.isascii() else len(_EMOJI.findall(text))
    if emoji < 4:
        return None
    words = sum(token.field == "text" for token in candidate.tokens)
    if words and emoji > words / 3:
        return shouting.signal(0.8, says="It has many emoji for so few words.")
    return None
