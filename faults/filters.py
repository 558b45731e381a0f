"""Filters that do harm to some comments of the load, for a service that is started with them.

`python -m faults.filters NAME serve …` is `greenroom serve …` with the filters of that name.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

import service.app
from service.cli import main
from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

# There are no filters of this name.
MISSING: Final = "MISSING"
CONTROL: Final = "nothing"
_WRITTEN: Final = re.compile(r"writer (\d+) number (\d+)\.$")
_ONE_IN: Final = 23


def harm_to(text: str) -> str | None:
    """The harm that is done to this comment, if any; those of twenty writers come one after the other."""
    found = _WRITTEN.search(text)
    turn, rest = divmod(int(found[1]) + 20 * int(found[2]), _ONE_IN) if found else (0, 1)
    return list(HARMS)[turn % len(HARMS)] if rest == 0 else None


@filter("harm", weight=1.0, says="This does harm.")
def harmful(candidate: Candidate, facts: Facts) -> Signal | None:
    """Do what is due."""
    if (name := harm_to(candidate.text)) is not None:
        HARMS[name]()
    return None


def _raise() -> None:
    raise RuntimeError


def _spin() -> None:
    while True:
        pass


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


HARMS: Final[Mapping[str, Callable[[], None]]] = {
    CONTROL: lambda: None,
    "raise": _raise,
    "hang": lambda: time.sleep(600),
    "spin": _spin,
    "die": _die,
}
HARMFUL: Final = (harmful,)


if __name__ == "__main__":
    service.app.FILTERS = f"faults.filters:{sys.argv.pop(1)}"  # type: ignore[misc]
    main()
