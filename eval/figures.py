"""How good an answer is, in the usual figures."""

from collections.abc import Sequence
from typing import TypeAlias

Figures: TypeAlias = dict[str, float]


def of_answers(answers: Sequence[tuple[bool, bool]]) -> Figures:
    """Precision, recall, F1 and the share of false alarms, of (said, is) pairs."""
    hits = sum(said and true for said, true in answers)
    said = sum(said for said, _ in answers)
    true = sum(true for _, true in answers)
    others = len(answers) - true
    found: Figures = {"rows": len(answers)}
    if true:
        found |= {"recall": hits / true, "f1": 2 * hits / (said + true)}
    if said:
        found["precision"] = hits / said
    if others:
        found["false alarms"] = (said - hits) / others
    return found


def recall_at(scored: Sequence[tuple[float, bool]], share: float) -> float | None:
    """The recall above the threshold that at most this share of the others passes; None without either."""
    others = sorted((score for score, true in scored if not true), reverse=True)
    mine = [score for score, true in scored if true]
    if not others or not mine:
        return None
    threshold = others[min(int(share * len(others)), len(others) - 1)]
    return sum(score > threshold for score in mine) / len(mine)


def of_ranking(scored: Sequence[tuple[float, bool]]) -> Figures:
    """Recall at 1 % and 2 % false alarms, and the area under the curve (Mann and Whitney 1947)."""
    found: Figures = {}
    for share in (0.01, 0.02):
        recall = recall_at(scored, share)
        if recall is not None:
            found[f"recall at {share:.0%}"] = recall
    ranked = sorted(scored)
    mine = sum(true for _, true in ranked)
    others = len(ranked) - mine
    if mine and others:
        total, place = 0.0, 0
        while place < len(ranked):
            end = place
            while end < len(ranked) and ranked[end][0] == ranked[place][0]:
                end += 1
            total += sum(true for _, true in ranked[place:end]) * (place + end + 1) / 2
            place = end
        found["area"] = (total - mine * (mine + 1) / 2) / (mine * others)
    return found


def of_spans(found: Sequence[set[int]], wanted: Sequence[set[int]]) -> float:
    """F1 over characters, the mean of the texts (SemEval-2021 task 5); both empty is 1."""
    scores = [
        1.0 if not have and not want else 2 * len(have & want) / (len(have) + len(want))
        for have, want in zip(found, wanted, strict=True)
    ]
    return sum(scores) / len(scores)
