"""Shouting: capitals, exclamation marks and emoji beyond measure. Readers get angry; this is a low voice."""

import re
import string
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

_LONG: Final = 40
_SMALL: Final = string.ascii_lowercase.encode()
_EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@filter("shouting", weight=0.6, says="It shouts: capitals, or more emoji than words.")
def shouting(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when most of a longer text is capitals, or emoji outnumber words."""
    text = candidate.text[:2_000]
    if _is_in_capitals(text):
        return shouting.signal(0.6, says="Most of it is in capitals.")
    emoji = 0 if text.isascii() else len(_EMOJI.findall(text))
    if emoji < 4:
        return None
    words = sum(token.field == "text" for token in candidate.tokens)
    if words and emoji > words / 3:
        return shouting.signal(0.8, says="It has many emoji for so few words.")
    return None


def _is_in_capitals(text: str) -> bool:
    # Asking about each character is dear, and a third of small letters is proof enough.
    written = text.encode("utf-8", "replace")
    if len(written) - len(written.translate(None, _SMALL)) > len(text) / 3:
        return False
    letters, capitals = sum(map(str.isalpha, text)), sum(map(str.isupper, text))
    return letters >= _LONG and capitals > 0.7 * letters
