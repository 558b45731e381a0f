"""The learner: with one group left out, and on a simulated site whose moderators decide one by one."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from eval import figures
from eval.data import Kind, Row, Table
from eval.figures import Figures
from eval.screening import screened
from service.screening.folding import fold
from service.screening.learner.learner import Learner
from service.screening.learner.lessons import Lesson
from service.screening.learner.training import learn
from service.screening.likeness import normalise

SHUFFLES: Final = 3
STEPS: Final = (50, 100, 200, 400)
_SPAM_SHARE: Final = 0.12
_TEST_SPAM, _TEST_HAM = 200, 2_000
_ALIKE: Final = 0.5


def leaving_out(table: Table) -> Figures:
    """Each group judged by what the others taught; near-duplicates of anything before are left out."""
    answers, scored = list[tuple[bool, bool]](), list[tuple[float, bool]]()
    for group in sorted({row.group for row in table.rows}):
        taught = [row for row in table.rows if row.group != group]
        judged = _unlike(taught, [row for row in table.rows if row.group == group])
        learner = learn(_lessons(taught))
        if learner is None:
            return {}
        said = [(_probability(learner, row), row.label) for row in judged]
        answers += [(probability >= 0.5, label) for probability, label in said]
        scored += said
    return figures.of_answers(answers) | figures.of_ranking(scored)


def has_groups(table: Table) -> bool:
    """Whether a group can be left out."""
    return table.kind is Kind.SPAM_CORPUS and len({row.group for row in table.rows}) > 1


def curve(tables: Sequence[Table]) -> Mapping[str, Figures]:
    """Recall at 1 % false alarms after so many decisions, by the learner alone and by the whole score.

    Spam is what the lists and corpora of spam call so; the rest is what nobody called anything. No two
    texts are nearly alike. The mean of a few shuffles.
    """
    spam = [row for table in tables if table.kind in {Kind.SPAM, Kind.SPAM_CORPUS} for row in table.rows]
    ham = [row for table in tables if table.kind is Kind.OFFENCE_CORPUS for row in table.rows]
    spam = [row for row in spam if row.label]
    ham = [row for row in ham if not row.label]
    sums = defaultdict[str, defaultdict[str, list[float]]](lambda: defaultdict(list))
    for seed in range(SHUFFLES):
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        mixed_spam = _unlike([], chance.sample(spam, min(len(spam), 600)))
        mixed_ham = chance.sample(ham, min(len(ham), 5_500))
        if len(mixed_spam) < _TEST_SPAM + 50 or len(mixed_ham) < _TEST_HAM + 400:
            return {}
        test = [*mixed_spam[:_TEST_SPAM], *mixed_ham[:_TEST_HAM]]
        stream = _stream(mixed_spam[_TEST_SPAM:], mixed_ham[_TEST_HAM:], chance)
        for step in (0, *STEPS):
            for name, recall in _after(stream[:step], test).items():
                sums[f"after {step} decisions"][name].append(recall)
    return {
        step: {name: sum(held) / len(held) for name, held in found.items()} for step, found in sums.items()
    }


def _stream(spam: Sequence[Row], ham: Sequence[Row], chance: random.Random) -> Sequence[Row]:
    size = int(min(len(spam) / _SPAM_SHARE, len(ham) / (1 - _SPAM_SHARE)))
    count = int(size * _SPAM_SHARE)
    mixed = [*spam[:count], *ham[: size - count]]
    chance.shuffle(mixed)
    return mixed


def _after(lessons: Sequence[Row], test: Sequence[Row]) -> Figures:
    learner = learn(_lessons(lessons)) if lessons else None
    scores = [(screened(row).screening.score, row.label) for row in test]
    found: Figures = {}
    if learner:
        said = [(_probability(learner, row), row.label) for row in test]
        found["learner"] = figures.recall_at(said, 0.01) or 0.0
        scores = [
            (score + _points(learner, row), label) for (score, label), row in zip(scores, test, strict=True)
        ]
    return found | {"whole score": figures.recall_at(scores, 0.01) or 0.0}


def _probability(learner: Learner, row: Row) -> float:
    return learner.judge(screened(row).features).probability


def _points(learner: Learner, row: Row) -> float:
    signal = learner.signal(learner.judge(screened(row).features))
    return signal.points if signal else 0.0


def _lessons(rows: Sequence[Row]) -> Sequence[Lesson]:
    return [Lesson(UUID(int=n + 1), row.label, screened(row).features) for n, row in enumerate(rows)]


def _unlike(before: Sequence[Row], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows that are not nearly the same as anything before them (Jaccard over trigrams)."""
    known: list[set[str]] = []
    places = defaultdict[str, list[int]](list)
    kept = []
    for number, row in enumerate([*before, *rows]):
        text = f"  {normalise(fold(row.text))} "
        mine = {text[at : at + 3] for at in range(len(text) - 2)}
        shared = defaultdict[int, int](int)
        for gram in mine:
            for other in places[gram]:
                shared[other] += 1
        alike = any(n / (len(mine) + len(known[other]) - n) > _ALIKE for other, n in shared.items())
        for gram in mine:
            places[gram].append(len(known))
        known.append(mine)
        if number >= len(before) and not alike:
            kept.append(row)
    return kept
