"""The bound on a share: against known values, exact arithmetic, and its own definition."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.screening.precision import DOUBT, WINDOW, Tally, window

TALLIES = st.integers(1, 120).flatmap(
    lambda decided: st.builds(Tally, st.integers(1, decided), st.just(decided))
)


def chance_of_at_least(tally: Tally, share: float) -> float:
    """The upper tail of the binomial, in whole numbers."""
    exact = Fraction(share).limit_denominator(10**9)
    terms = (
        comb(tally.decided, each) * exact**each * (1 - exact) ** (tally.decided - each)
        for each in range(tally.agreed, tally.decided + 1)
    )
    return float(sum(terms))


# Quantiles of the beta distribution, I⁻¹(0.05; agreed, decided - agreed + 1).
@pytest.mark.parametrize(
    ("agreed", "decided", "bound"),
    [
        (1, 1, 0.05),
        (10, 10, 0.7411344491),
        (9, 10, 0.6058366976),
        (1, 10, 0.0051161969),
        (38, 40, 0.8508480387),
        (149, 149, 0.9800951838),
        (980, 1000, 0.9710698771),
        (500, 1000, 0.4735177312),
    ],
)
def test_the_bound_is_that_of_the_tables(agreed: int, decided: int, bound: float) -> None:
    assert Tally(agreed, decided).bound == pytest.approx(bound, abs=1e-6)


@given(TALLIES)
def test_at_the_bound_what_was_seen_would_be_seen_in_one_case_of_twenty(tally: Tally) -> None:
    assert chance_of_at_least(tally, tally.bound) == pytest.approx(DOUBT, abs=1e-6)


def test_without_any_agreement_nothing_is_certain() -> None:
    assert Tally(0, 0).bound == Tally(0, 7).bound == 0.0


@given(TALLIES)
def test_the_bound_lies_below_what_was_seen_and_grows_with_agreement(tally: Tally) -> None:
    agreed, decided = tally
    assert 0 < tally.bound < agreed / decided
    assert Tally(agreed, decided + 1).bound < tally.bound < Tally(agreed + 1, decided + 1).bound


@given(TALLIES, st.floats(0.5, 0.999))
def test_a_target_is_reached_where_the_bound_is_not_below_it(tally: Tally, target: float) -> None:
    assert tally.reaches(target) == (tally.bound >= target)


@given(TALLIES, st.floats(0.5, 0.999))
def test_what_is_needed_is_the_fewest_agreements_that_reach_the_target(tally: Tally, target: float) -> None:
    needed = tally.needs(target)
    if needed < window(target):
        assert Tally(tally.agreed + needed, tally.decided + needed).reaches(target)
    if needed:
        assert not Tally(tally.agreed + needed - 1, tally.decided + needed - 1).reaches(target)


@pytest.mark.parametrize(("target", "fewest"), [(0.5, 5), (0.9, 29), (0.95, 59), (0.98, 149), (0.999, 2995)])
def test_the_least_that_must_be_decided_follows_from_the_target(target: float, fewest: int) -> None:
    assert Tally(0, 0).needs(target) == fewest


@pytest.mark.parametrize("target", [0.5, 0.9, 0.98, 0.999])
def test_a_window_of_agreement_reaches_any_target_with_room_for_a_miss(target: float) -> None:
    assert window(target) >= WINDOW
    assert Tally(window(target) - 1, window(target)).reaches(target)
