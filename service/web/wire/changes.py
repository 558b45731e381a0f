"""What an author changed: the text before and after as one run of segments, kept, removed and added.

Both texts are cut into words and the space between them, so that what is shown reads like an edit made by
hand. Looking for what stayed costs the square of the words; where that is too much, the middle that differs
is one removal and one addition.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

Fate: TypeAlias = Literal["kept", "removed", "added"]

MOST_STEPS: Final = 250_000
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text and what became of it."""

    text: str
    change: Fate


def changes(before: str, after: str) -> Sequence[Change]:
    """From one text to the other: kept and removed make `before`, kept and added make `after`."""
    found: list[Change] = []
    for change in _pieces(_WORD.findall(before), _WORD.findall(after)):
        if found and found[-1].change == change.change:
            found[-1] = Change(found[-1].text + change.text, change.change)
        elif change.text:
            found.append(change)
    return found


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    start = _same(before, after)
    end = _same(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield _change(before[:start], "kept")
    if len(old) * len(new) > MOST_STEPS:
        yield _change(old, "removed")
        yield _change(new, "added")
    else:
        yield from _mended(old, new)
    yield _change(before[len(before) - end :], "kept")


def _mended(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Words that stayed, and what was put in the place of what between them.

    Spaces and signs that stayed among other words are no landmark: they go with what changed around them.
    """
    removed: list[str] = []
    added: list[str] = []
    for kind, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal" and any(piece[0].isalnum() for piece in old[i:j]):
            yield _change(removed, "removed")
            yield _change(added, "added")
            yield _change(old[i:j], "kept")
            removed, added = [], []
        else:
            removed += old[i:j]
            added += new[k:n]
    yield _change(removed, "removed")
    yield _change(added, "added")


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _change(pieces: Sequence[str], change: Fate) -> Change:
    return Change("".join(pieces), change)
