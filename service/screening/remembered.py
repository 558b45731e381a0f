"""Several filters ask for the same reading of the same text; it is made once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Read = TypeVar("Read")
Result = TypeVar("Result")


def remembered(read: Callable[[Read, str], Result]) -> Callable[[Read, str], Result]:
    """Keep what a pure reading of a text gave last: filters look at one candidate after the other."""
    last: dict[str, tuple[Read, Result]] = {}

    @wraps(read)
    def reading(what: Read, how: str) -> Result:
        known = last.get(how)
        if known is None or known[0] is not what:
            last[how] = known = what, read(what, how)
        return known[1]

    return reading
