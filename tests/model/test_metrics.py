"""Quantiles of waits are right to about a tenth, however many hours are taken together."""

import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from service.model.metrics import BINS, FIRST_SECONDS, Span, summed

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
SECONDS = st.floats(FIRST_SECONDS, 86_400 * 50)


def histogram(seconds: list[float]) -> list[int]:
    """As the database makes it."""
    bins = [0] * BINS
    for each in seconds:
        bins[min(max(math.ceil(4 * math.log2(each / FIRST_SECONDS)), 0), BINS - 1)] += 1
    return bins


@given(st.lists(SECONDS, min_size=1, max_size=50), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_right_to_an_eighth_of_an_octave(seconds: list[float], share: float) -> None:
    wait = Span(NOON, waits=histogram(seconds)).wait(share)
    exact = sorted(seconds)[math.ceil(share * len(seconds)) - 1]
    assert wait is not None
    assert 2**-0.26 <= wait / exact <= 2**0.26


def test_without_decisions_nobody_waited() -> None:
    assert Span(NOON).wait(0.5) is None


@given(st.lists(st.lists(SECONDS, max_size=20), max_size=5))
def test_hours_taken_together_are_the_hours_one_by_one(parts: list[list[float]]) -> None:
    whole = summed(NOON, [Span(NOON, submitted=len(each), waits=histogram(each)) for each in parts])
    assert whole.submitted == sum(map(len, parts))
    assert sum(whole.waits) == whole.submitted
    if parts:
        assert list(whole.waits) == histogram([each for part in parts for each in part])


def test_the_queue_is_as_long_as_it_was_when_last_looked_at() -> None:
    whole = summed(NOON, [Span(NOON, pending=3, oldest_seconds=9), Span(NOON)])
    assert (whole.pending, whole.oldest_seconds) == (3, 9)
