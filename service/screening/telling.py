"""Whether a text says itself who wrote it: taking the name away from above it would then change nothing."""

import re
from typing import Final

from service.screening.candidate import Words, words
from service.screening.folding import fold
from service.screening.links import host_of

_SHORTEST: Final = 3
_ADDRESS: Final = re.compile(r"\S@[\w-]{1,63}\.")
# Scripts without spaces, in which a name is no word of its own.
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def tells_its_author(said: Words) -> bool:
    """Whether the text has the author's name or a part of it, their website's host, or an e-mail address.

    Rather too often than too seldom: a text that merely has a word like a name is taken for one that names.
    """
    text, name = fold(said.text), fold(said.name).text.strip()
    if text.truncated or _ADDRESS.search(said.text):
        return True
    if said.website and host_of(said.website).removeprefix("www.") in said.text.lower():
        return True
    if len(name) > 1 and _UNSPACED.search(name) and name in text.text:
        return True
    spoken = {word.strip("@") for word in words(text.text)}
    parts = [part for part in words(name) if len(part) >= _SHORTEST or part == name]
    return any(len(part) > 1 and part in spoken for part in parts)
