"""Several filters ask for the same reading of the same text; it is made once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from service.screening.folding import Folded

Result = TypeVar("Result")


def remembered(read: Callable[[Folded, str], Result]) -> Callable[[Folded, str], Result]:
    """Keep what a pure reading of a text gave last: filters look at one candidate after the other."""
    last: dict[str, tuple[Folded, Result]] = {}

    @wraps(read)
    def reading(folded: Folded, field: str) -> Result:
        known = last.get(field)
        if known is None or known[0] is not folded:
            last[field] = known = folded, read(folded, field)
        return known[1]

    return reading
