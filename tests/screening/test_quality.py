"""The quality of a classifier, from what it said and what people decided."""

import pytest

from service.screening.quality import Quality, quality


def test_a_perfect_classifier_has_perfect_figures() -> None:
    assert quality([(1.0, True, 5), (0.0, False, 95)]) == Quality(100, 5, 1.0, 1.0, 1.0, 0.0)


def test_nothing_said_is_nothing_measured() -> None:
    assert quality([]) == Quality(0, 0, None, None, None, None)
    assert quality([(0.2, False, 3)]).precision is None


def test_recall_at_one_percent_allows_one_false_alarm_in_a_hundred() -> None:
    said = [
        (0.9, True, 6),
        (0.8, False, 1),
        (0.7, True, 2),
        (0.6, False, 1),
        (0.5, True, 2),
        (0.1, False, 98),
    ]
    found = quality(said)
    assert found.recall_at_1 == pytest.approx(0.8)
    assert found.precision == pytest.approx(10 / 12)
    assert found.recall == 1.0


def test_the_calibration_error_is_the_distance_from_what_came_true() -> None:
    assert quality([(0.75, True, 50), (0.75, False, 50)]).calibration_error == pytest.approx(0.25)
