"""Filters that do what none should, for tests: the screening process finds them by name."""

import os
import re
import time
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter

REFERENCE: Final = "tests.troublesome:FILTERS"
_CATASTROPHIC: Final = re.compile(r"(?:a+)+b")


def _trouble(candidate: Candidate, _facts: Facts) -> Signal:
    """Do what the text says: linger, hang in C with Python's lock held, eat memory, raise, or end."""
    match candidate.text.split()[0]:
        case "linger":
            time.sleep(0.05)
        case "hang":
            _CATASTROPHIC.match("a" * 60)
        case "eat":
            _ = [bytearray(64 * 2**20) for _ in range(1_000)]
        case "raise":
            raise ZeroDivisionError
        case "exit":
            os._exit(3)
    return Signal("trouble", 0.5, 1.0, candidate.text)


FILTERS: Final = (Filter("trouble", 1.0, "It looked.", _trouble),)
