from collections.abc import Callable

import pytest

from service.filters.fill_time import fill_time
from service.filters.honeypot import honeypot
from service.model.screenings import Policy, Verdict
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.screen import screen

Make = Callable[..., Candidate]


def test_a_filled_hidden_field_is_enough_to_advise_a_rejection(candidate: Make) -> None:
    facts = Facts(honeypot=True, fill_seconds=20.0, has_form_token=True)
    screening = screen(candidate("Nice."), facts, (honeypot,), Policy())
    assert (screening.score, screening.verdict) == (6.0, Verdict.REJECT)


def test_an_empty_hidden_field_says_nothing(candidate: Make) -> None:
    assert honeypot(candidate("Nice."), Facts(False, 20.0, True)) is None


def test_a_form_sent_at_once_is_suspicious(candidate: Make) -> None:
    signal = fill_time(candidate("Nice."), Facts(False, 0.84, True))
    assert signal is not None
    assert signal.points == 1.5
    assert "0.8 seconds" in signal.sentence


@pytest.mark.parametrize("seconds", [3.0, 86_400.0, None])
def test_a_form_filled_at_human_speed_says_nothing(candidate: Make, seconds: float | None) -> None:
    assert fill_time(candidate("Nice."), Facts(False, seconds, True)) is None


def test_a_program_that_uses_the_api_is_hardly_punished(candidate: Make) -> None:
    signal = fill_time(candidate("Nice."), Facts(False, None, False))
    assert signal is not None
    assert 0 < signal.points <= 0.5
    assert "form" in signal.sentence
