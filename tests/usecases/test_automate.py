"""What follows from advice: nothing by itself, a test of it, or the act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model.screenings import Policy, Screening, Verdict
from service.usecases.automate import Course, choose


def screened(verdict: Verdict) -> Screening:
    return Screening((), 0.0, 0, verdict)


def never() -> float:
    raise AssertionError("There is nothing to draw.")


@pytest.mark.parametrize("verdict", Verdict)
def test_everything_waits_unless_the_policy_is_told_otherwise(verdict: Verdict) -> None:
    assert choose(Policy(), screened(verdict), never) is Course.WAIT


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.HOLD])
def test_what_is_automatic_for_one_verdict_leaves_the_others_waiting(verdict: Verdict) -> None:
    policy = Policy(automatic=frozenset({Verdict.REJECT}))
    assert choose(policy, screened(verdict), never) is Course.WAIT


@given(st.floats(0.01, 1), st.floats(0, 1, exclude_max=True))
def test_of_what_is_automatic_the_unseen_share_goes_to_people(share: float, drawn: float) -> None:
    policy = Policy(automatic=frozenset({Verdict.REJECT}), unseen_share=share)
    expected = Course.UNSEEN if drawn < share else Course.ACT
    assert choose(policy, screened(Verdict.REJECT), lambda: drawn) is expected
