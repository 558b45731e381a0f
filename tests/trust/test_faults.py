"""The faults that are done to the service on every run of the tests; `make faults` does all of them."""

import asyncio

import pytest

from faults import harming, killing, restoring, waiting
from faults.clusters import folder
from faults.play import Experiment, How

EACH_TIME = [
    killing.x1,
    killing.x3,
    killing.x5,
    waiting.x6,
    waiting.x8,
    restoring.x13,
    harming.x14,
]


@pytest.mark.parametrize("found", EACH_TIME, ids=lambda found: found.id.lower())
def test_nothing_is_lost_or_doubled_whatever_goes_wrong(found: Experiment) -> None:
    with folder() as home:
        asyncio.run(found.run(home, How(short=True)))
