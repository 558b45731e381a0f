"""Learns from lessons: logistic regression with an L2 penalty, fitted as a whole every time.

The weights are a function of the set of lessons alone. So a decision that was undone or a comment that
was erased leaves no trace: what is learned without it is what would have been learned had it never been.
The fit is by L-BFGS (Nocedal and Wright, "Numerical Optimization", algorithm 7.4), the probabilities are
calibrated on lessons left out of the fit (Platt 1999, with the targets of Lin, Lin and Weng 2007).
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from service.screening.learner.features import SIZE
from service.screening.learner.learner import Learner
from service.screening.learner.lessons import Lesson

MIN_SPAM: Final = 10
MIN_HAM: Final = 20
_PENALTY: Final = 0.1
# How often a feature is taken to have been seen in spam, and in ham, beyond what was counted.
_SMOOTHING: Final = 0.5
_MEMORY: Final = 8
_ROUNDS: Final = 60
_ENOUGH: Final = 1e-4
_FOLDS: Final = 5
_MANY: Final = 2_000
# No call of numpy looks at more numbers than this, so that other threads wait a few milliseconds at most.
_PART: Final = 200_000

Vector = npt.NDArray[np.float64]
Loss = Callable[[Vector], tuple[float, Vector]]


def learn(lessons: Sequence[Lesson]) -> Learner | None:
    """What these lessons teach, in whatever order they come; None while they are too few."""
    lessons = sorted(lessons, key=lambda lesson: lesson.id)
    labels = np.array([lesson.is_spam for lesson in lessons], dtype=np.float64)
    spam = int(labels.sum())
    if spam < MIN_SPAM or len(lessons) - spam < MIN_HAM:
        return None
    weights, bias = _fit(lessons, labels)
    slope, offset = _calibrate(_left_out(lessons, labels), labels)
    whole = np.zeros(SIZE, dtype=np.float32)
    whole[weights[0]] = weights[1]
    return Learner(whole, bias, slope, offset, spam, len(lessons) - spam)


@dataclass(frozen=True, slots=True)
class _Table:
    """The lessons as a sparse table, in parts: columns count only the features that occur."""

    parts: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Vector]]
    rows: int
    columns: int

    def margins(self, weights: Vector) -> Vector:
        """One number a lesson."""
        found = np.zeros(self.rows)
        for rows, columns, values in self.parts:
            first = int(rows[0])
            summed = np.bincount(rows - first, weights=values * weights[columns])
            found[first : first + len(summed)] += summed
        return found

    def counts(self, weights: Vector) -> Vector:
        """The weights of the lessons in which each column occurs, added up."""
        found = np.zeros(self.columns)
        for rows, columns, _ in self.parts:
            found += np.bincount(columns, weights=weights[rows], minlength=self.columns)
        return found

    def stretched(self, factors: Vector) -> "_Table":
        """The same table with each column multiplied."""
        parts = [(rows, columns, values * factors[columns]) for rows, columns, values in self.parts]
        return _Table(parts, self.rows, self.columns)

    def spread(self, residuals: Vector) -> Vector:
        """One number a column: the transposed product."""
        found = np.zeros(self.columns)
        for rows, columns, values in self.parts:
            found += np.bincount(columns, weights=values * residuals[rows], minlength=self.columns)
        return found


def _fit(lessons: Sequence[Lesson], labels: Vector) -> tuple[tuple[npt.NDArray[np.int64], Vector], float]:
    """Weights by feature, and the bias. Spam and ham count the same in sum, however many there are.

    What occurs as often in both pays the penalty sooner than what tells them apart: each feature is
    stretched by its log ratio, half of the way (Wang and Manning 2012, "NBSVM").
    """
    used, table = _table(lessons)
    share = labels.mean()
    importance = np.where(labels > 0, 0.5 / share, 0.5 / (1 - share))
    signs = 2 * labels - 1

    def loss(point: Vector) -> tuple[float, Vector]:
        weights, bias = point[:-1], point[-1]
        margins = signs * (table.margins(weights) + bias)
        residuals = -signs * importance * _sigmoid(-margins)
        value = _dot(importance, np.logaddexp(0, -margins)) + 0.5 * _PENALTY * _dot(weights, weights)
        return value, np.append(table.spread(residuals) + _PENALTY * weights, residuals.sum())

    stretch = _stretch(table, labels)
    table = table.stretched(stretch)
    best = _minimum(loss, np.zeros(len(used) + 1))
    return (used, stretch * best[:-1]), float(best[-1])


def _stretch(table: _Table, labels: Vector) -> Vector:
    """How well each feature alone tells spam from the rest, as a factor around one."""
    spam, ham = table.counts(labels), table.counts(1 - labels)
    ratios = _log_share(spam, labels.sum()) - _log_share(ham, len(labels) - labels.sum())
    stretch: Vector = 0.5 + 0.5 * np.abs(ratios)
    return stretch


def _log_share(counts: Vector, whole: float) -> Vector:
    shares: Vector = np.log((counts + _SMOOTHING) / (whole + 2 * _SMOOTHING))
    return shares


def _table(lessons: Sequence[Lesson]) -> tuple[npt.NDArray[np.int64], _Table]:
    used = np.unique(np.concatenate([lesson.features.indices for lesson in lessons])).astype(np.int64)
    parts = []
    start = 0
    for end in _cuts([len(lesson.features.indices) for lesson in lessons]):
        some = [lesson.features for lesson in lessons[start:end]]
        rows = np.repeat(np.arange(start, end), [len(features.indices) for features in some])
        columns = np.searchsorted(used, np.concatenate([features.indices for features in some]))
        values = np.concatenate([features.values for features in some]).astype(np.float64)
        if len(rows):
            parts.append((rows, columns, values))
        start = end
    return used, _Table(parts, len(lessons), len(used))


def _cuts(sizes: Sequence[int]) -> Iterator[int]:
    """Where to cut the lessons so that no part is much larger than `_PART`."""
    held = 0
    for number, size in enumerate(sizes, 1):
        held += size
        if held >= _PART or number == len(sizes):
            yield number
            held = 0


def _minimum(loss: Loss, point: Vector) -> Vector:
    """Where a smooth convex function is least, by L-BFGS with backtracking."""
    value, slope = loss(point)
    start = math.sqrt(_dot(slope, slope)) or 1.0
    memory: deque[tuple[Vector, Vector, float]] = deque(maxlen=_MEMORY)
    for _ in range(_ROUNDS):
        if math.sqrt(_dot(slope, slope)) <= _ENOUGH * start:
            break
        direction = _direction(slope, memory)
        fall, step = _dot(slope, direction), 1.0 if memory else 1.0 / start
        while (tried := loss(point + step * direction))[0] > value + 1e-4 * step * fall and step > 1e-10:
            step /= 2
        moved, bent = step * direction, tried[1] - slope
        if (curve := _dot(moved, bent)) > 1e-12:
            memory.append((moved, bent, 1 / curve))
        point, (value, slope) = point + moved, tried
    return point


def _direction(slope: Vector, memory: "deque[tuple[Vector, Vector, float]]") -> Vector:
    """Two loops over what the last steps told about the curvature."""
    found, shares = -slope, []
    for moved, bent, inverse in reversed(memory):
        share = inverse * _dot(moved, found)
        shares.append(share)
        found = found - share * bent
    if memory:
        moved, bent, inverse = memory[-1]
        found = found / (inverse * _dot(bent, bent))
    for (moved, bent, inverse), share in zip(memory, reversed(shares), strict=True):
        found = found + (share - inverse * _dot(bent, found)) * moved
    return found


def _left_out(lessons: Sequence[Lesson], labels: Vector) -> Vector:
    """The margin of each lesson by weights that were learned without it."""
    folds = _FOLDS if len(lessons) <= _MANY else 2
    place = np.empty(len(lessons), dtype=np.int64)
    for label in (0.0, 1.0):
        same = np.flatnonzero(labels == label)
        place[same] = np.arange(len(same)) % folds
    margins = np.empty(len(lessons))
    for fold in range(folds):
        inside = np.flatnonzero(place != fold).tolist()
        outside = np.flatnonzero(place == fold).tolist()
        (used, weights), bias = _fit([lessons[n] for n in inside], labels[inside])
        whole = np.zeros(SIZE)
        whole[used] = weights
        for number in outside:
            features = lessons[number].features
            margins[number] = _dot(whole[features.indices], features.values) + bias
    return margins


def _calibrate(margins: Vector, labels: Vector) -> tuple[float, float]:
    """The slope and the offset that make margins the log-odds of spam."""
    spam = labels.sum()
    targets = np.where(labels > 0, (spam + 1) / (spam + 2), 1 / (len(labels) - spam + 2))

    def loss(point: Vector) -> tuple[float, Vector]:
        odds = point[0] * margins + point[1]
        value = float(np.logaddexp(0, odds).sum()) - _dot(targets, odds)
        error = _sigmoid(odds) - targets
        return value, np.array([_dot(error, margins), error.sum()])

    slope, offset = _minimum(loss, np.array([1.0, 0.0]))
    return max(float(slope), 0.0), float(offset)


def _dot(one: Vector, other: npt.NDArray[np.float32] | Vector) -> float:
    """The sum of products, the same on every machine, in this thread alone; `@` asks a library of threads."""
    return float((one * other).sum())


def _sigmoid(values: Vector) -> Vector:
    return 0.5 * (1 + np.tanh(0.5 * values))
