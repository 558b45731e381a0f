"""What a brake tells moderators about itself."""

import pytest

from service.model.screenings import Verdict
from service.screening.precision import Tally
from service.store.brakes import Brake
from service.usecases.brake import sentence


@pytest.mark.parametrize(
    ("brake", "told"),
    [
        (
            Brake(Verdict.REJECT, True, False, None, 0.98, Tally(38, 40)),
            "Holding: 38 of 40 agreed, so at least 85 % would; the target is 98 %."
            " It needs about 273 more decisions without a miss.",
        ),
        (
            Brake(Verdict.REJECT, False, False, None, 0.98, Tally(148, 148)),
            "Off: 148 of 148 agreed, so at least 97.9 % would; the target is 98 %."
            " It needs about 1 more decision without a miss.",
        ),
        (
            Brake(Verdict.APPROVE, True, True, None, 0.999, Tally(5990, 5990)),
            "Acting: 5,990 of 5,990 agreed, so at least 99.9 % would; the target is 99.9 %.",
        ),
        (
            Brake(Verdict.APPROVE, True, False, None, 0.98, Tally(149, 149)),
            "Holding: 149 of 149 agreed, so at least 98 % would; the target is 98 %.",
        ),
    ],
)
def test_a_brake_says_what_it_does_and_what_it_needs(brake: Brake, told: str) -> None:
    assert sentence(brake) == told
