"""Seeking a pattern only where the rarest part of it stands, because most of a text holds none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

_FEW: Final = 50


def around(part: re.Pattern[str], pattern: re.Pattern[str], text: str, far: int) -> Iterable[re.Match[str]]:
    """What `pattern` finds in a text, as `finditer` gives it.

    Whatever it finds holds a `part`, begins not after it, and reaches less than `far` code points to either
    side of the place where its first one begins. Where there are many of these, all of the text is searched.
    """
    # For most texts this is all, and it costs less than an empty list.
    if not part.search(text):
        return ()
    places = [match.start() for match in islice(part.finditer(text), _FEW + 1)]
    return _near(places, pattern, text, far) if len(places) <= _FEW else pattern.finditer(text)


def _near(places: Sequence[int], pattern: re.Pattern[str], text: str, far: int) -> Iterator[re.Match[str]]:
    done = 0
    for place in places:
        for match in pattern.finditer(text, max(done, place - far), place + far) if place >= done else ():
            # What begins later may be cut off here, and has a place of its own.
            if match.start() <= place:
                yield match
                done = match.end()
