"""The quality of filters: on cases, on corpora, by class, by filter."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from eval import figures
from eval.data import Kind, Row, Table
from eval.figures import Figures
from eval.screening import screened
from service.filters import FILTERS

_SMALLEST_CLASS: Final = 3


def of_table(table: Table) -> dict[str, Figures]:
    """Everything that a file can tell, by topic."""
    sure = [row for row in table.rows if not row.is_doubtful]
    doubtful = [row for row in table.rows if row.is_doubtful]
    match table.kind:
        case Kind.WORDS:
            found = {"words": _words(sure)} | _by_class(sure, about_words=True)
            return found | ({"words, doubtful": _words(doubtful)} if doubtful else {})
        case Kind.SPAM:
            found = {"spam": _spam(sure)} | _by_class(sure, about_words=False) | _by_filter(sure)
            return found | ({"spam, doubtful": _spam(doubtful)} if doubtful else {})
        case Kind.SPAM_CORPUS:
            return {"spam": _spam(sure)} | _by_filter(sure)
        case Kind.OFFENCE_CORPUS:
            return {"flagged": _offence(sure)}


def misses(table: Table) -> Iterable[dict[str, object]]:
    """The rows of a hand-written list that were answered wrongly, for whoever mends filters."""
    if table.kind not in {Kind.WORDS, Kind.SPAM}:
        return
    for row in table.rows:
        answer = screened(row)
        said = answer.is_profane if table.kind is Kind.WORDS else answer.is_spam
        if said != row.label:
            lines = {line.name: round(line.points, 2) for line in answer.screening.signals}
            yield {"list": table.name, "said": said, "why": row.why, "lines": lines, "text": row.text}


def _words(rows: Sequence[Row]) -> Figures:
    found = figures.of_answers([(screened(row).is_profane, row.label) for row in rows])
    marked = [row for row in rows if row.label and row.spans is not None and screened(row).is_profane]
    if marked:
        exact = [screened(row).profane_places() == set(row.spans or ()) for row in marked]
        found["spans exact"] = sum(exact) / len(exact)
        found["spans f1"] = _span_f1(marked)
    return found


def _spam(rows: Sequence[Row]) -> Figures:
    found = figures.of_answers([(screened(row).is_spam, row.label) for row in rows])
    return found | figures.of_ranking([(screened(row).screening.score, row.label) for row in rows])


def _offence(rows: Sequence[Row]) -> Figures:
    clean = [row for row in rows if not (row.spans if row.spans is not None else row.label)]
    bad = [row for row in rows if row.label]
    found: Figures = {"rows": len(rows)}
    if clean:
        found["profane of clean"] = sum(screened(row).is_profane for row in clean) / len(clean)
    if bad:
        found["profane of offensive"] = sum(screened(row).is_profane for row in bad) / len(bad)
    found["spam"] = sum(screened(row).is_spam for row in rows) / max(1, len(rows))
    marked = [row for row in rows if row.spans is not None]
    if marked:
        found["spans f1"] = _span_f1(marked)
    return found


def _span_f1(rows: Sequence[Row]) -> float:
    return figures.of_spans(
        [_characters(screened(row).profane_places()) for row in rows],
        [_characters(row.spans or ()) for row in rows],
    )


def _characters(places: Iterable[tuple[int, int]]) -> set[int]:
    return {at for start, end in places for at in range(start, end)}


def _by_class(rows: Sequence[Row], *, about_words: bool) -> dict[str, Figures]:
    """The share of right answers in each class that a list names."""
    right = defaultdict[str, list[bool]](list)
    for row in rows:
        answer = screened(row)
        said = answer.is_profane if about_words else answer.is_spam
        right[row.why].append(said == row.label)
    return {
        f"class: {name}": {"rows": len(held), "right": sum(held) / len(held)}
        for name, held in sorted(right.items())
        if name and len(held) >= _SMALLEST_CLASS
    }


def _by_filter(rows: Sequence[Row]) -> dict[str, Figures]:
    """How often each filter speaks about spam, and about the rest."""
    spoke = {True: Counter[str](), False: Counter[str]()}
    for row in rows:
        spoke[row.label].update({line.name for line in screened(row).screening.signals if line.points > 0})
    sizes = Counter(row.label for row in rows)
    return {
        f"filter: {each.name}": {
            "of spam": spoke[True][each.name] / max(1, sizes[True]),
            "of others": spoke[False][each.name] / max(1, sizes[False]),
        }
        for each in FILTERS
        if spoke[True][each.name] or spoke[False][each.name]
    }
