"""Finds data by its shape: JSON lines, whatever the files are called.

`{text, profane, spans?, why?}` are cases about words, `{text, spam, author?, url?, why?}` cases about spam,
and `{text, label, group?, author?, url?, lang?}` a corpus, whose label 1 means spam where the file's name
has *spam* or *gambling* in it, else an offence of some kind.
"""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

MAX_ROWS: Final = 2_000
_DOUBTFUL: Final = re.compile("hard|awkward|borderline")


class WrongData(Exception):
    """A row that cannot be read. Figures over the others would pass for figures of all."""


class Kind(StrEnum):
    """What the rows of a file are about."""

    WORDS = "words"
    SPAM = "spam"
    SPAM_CORPUS = "spam corpus"
    OFFENCE_CORPUS = "offence corpus"


@dataclass(frozen=True, slots=True)
class Row:
    """One text. `label` is what people called it; `spans` are code points, None where nobody marked any."""

    text: str
    label: bool
    author: str = ""
    url: str | None = None
    language: str = "en"
    why: str = ""
    group: str = ""
    spans: tuple[tuple[int, int], ...] | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether its author says that people may differ; such rows are counted apart."""
        return bool(_DOUBTFUL.search(self.why))


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its name without the ending, what it is about, and its rows."""

    name: str
    kind: Kind
    rows: Sequence[Row]


def read(folder: Path, *, full: bool = False) -> Sequence[Table]:
    """Every file of a known shape below the folder; of large ones every so many rows, unless `full`.

    Raises `WrongData`, which names the line.
    """
    found = []
    for path in sorted(folder.rglob("*.jsonl")):
        given = list(_lines(path))
        kind = _kind(path.stem, given[0][1]) if given else None
        if kind is None:
            continue
        # Hand-written cases are few and precious; and leaving groups out needs all of them.
        step = max(1, -(-len(given) // MAX_ROWS)) if kind is Kind.OFFENCE_CORPUS and not full else 1
        found.append(Table(path.stem, kind, [_read(path, *each, kind) for each in given[::step]]))
    return found


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    """What each line holds, with its number; empty lines are passed over."""
    for number, line in enumerate(path.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line.decode())
            except ValueError:
                raise WrongData(f"{path}, line {number}: this is no JSON in UTF-8.") from None


def _read(path: Path, number: int, row: Any, kind: Kind) -> Row:
    try:
        return _row(row, kind)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise WrongData(
            f"{path}, line {number}: this is no row like the first one; docs/evaluation.md has the shapes."
        ) from None


def _kind(name: str, row: Any) -> Kind | None:
    if not isinstance(row, dict) or "text" not in row:
        return None
    if "profane" in row:
        return Kind.WORDS
    if "spam" in row:
        return Kind.SPAM
    if "label" not in row:
        return None
    return Kind.SPAM_CORPUS if re.search("spam|gambling", name) else Kind.OFFENCE_CORPUS


def _row(row: dict[str, Any], kind: Kind) -> Row:
    field = {Kind.WORDS: "profane", Kind.SPAM: "spam"}.get(kind, "label")
    spans = row.get("spans")
    if not isinstance(row["text"], str):
        raise TypeError("A text is a string.")
    return Row(
        text=row["text"],
        label=bool(row[field]),
        author=row.get("author") or "",
        url=row.get("url"),
        language=row.get("lang") or "en",
        why=row.get("why") or "",
        group=str(row.get("group") or ""),
        spans=None if spans is None else _ranges(spans),
    )


def _ranges(spans: Sequence[Any]) -> tuple[tuple[int, int], ...]:
    """Pairs as they are; a list of single characters' places as the ranges that they form."""
    if not spans or not isinstance(spans[0], int):
        return tuple((start, end) for start, end in spans)
    found: list[tuple[int, int]] = []
    for place in sorted(spans):
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return tuple(found)
