"""How good a classifier is, from what it said and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """What probabilities of spam were worth. A figure is None where there is nothing to divide by.

    `precision` and `recall` are of probabilities of a half and more; `recall_at_1` is the recall at the
    threshold that at most one comment in a hundred of the others passes; `calibration_error` is the
    expected difference between a probability and the share of spam among those that got it, over ten
    bins of equal width (Naeini, Cooper and Hauskrecht, AAAI 2015).
    """

    comments: int
    spam: int
    precision: float | None
    recall: float | None
    recall_at_1: float | None
    calibration_error: float | None


def quality(predictions: Sequence[tuple[float, bool, int]]) -> Quality:
    """The quality of predictions: a probability from 0 to 1, whether it was spam, and how often."""
    spam = sum(count for _, is_spam, count in predictions if is_spam)
    comments = sum(count for _, _, count in predictions)
    flagged = sum(count for probability, _, count in predictions if probability >= 0.5)
    hits = sum(count for probability, is_spam, count in predictions if is_spam and probability >= 0.5)
    return Quality(
        comments=comments,
        spam=spam,
        precision=hits / flagged if flagged else None,
        recall=hits / spam if spam else None,
        recall_at_1=_recall_at(predictions, 0.01, spam, comments - spam),
        calibration_error=_calibration_error(predictions, comments),
    )


def _recall_at(
    predictions: Sequence[tuple[float, bool, int]], share: float, spam: int, ham: int
) -> float | None:
    """The recall above the lowest threshold that no more than this share of ham passes."""
    if not spam or not ham:
        return None
    by_probability: dict[float, list[int]] = {}
    for probability, is_spam, count in predictions:
        by_probability.setdefault(probability, [0, 0])[is_spam] += count
    hits = false_alarms = 0
    for _, (others, found) in sorted(by_probability.items(), reverse=True):
        if false_alarms + others > share * ham:
            break
        false_alarms, hits = false_alarms + others, hits + found
    return hits / spam


def _calibration_error(predictions: Sequence[tuple[float, bool, int]], comments: int) -> float | None:
    if not comments:
        return None
    bins = [[0.0, 0.0] for _ in range(_BINS)]
    for probability, is_spam, count in predictions:
        held = bins[min(int(probability * _BINS), _BINS - 1)]
        held[0] += probability * count
        held[1] += is_spam * count
    return sum(abs(said - was) for said, was in bins) / comments
