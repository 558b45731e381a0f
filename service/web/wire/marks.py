"""Text as a moderator must see it: what the filters matched is marked, and what cannot be seen has a label.

The server cuts the text into segments, because browsers count UTF-16 units and the filters code points.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

# Start, end (exclusive), and the number of the bill's line that it belongs to.
Mark: TypeAlias = tuple[int, int, int]

# Controls, format characters, blank letters, line separators, private use, noncharacters and tags.
# Not those that are seen (Arabic number signs) or that choose a glyph (variation selectors).
_UNSEEN: Final = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e"
    "\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe"
    "\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_JOINER: Final = "[\u200c\u200d]"
# A joiner belongs between characters beyond ASCII (Persian, emoji) and at the end of an Indic word;
# anywhere else it only breaks a word apart for the filters.
_STRAY_JOINER: Final = f"(?<![^\\x00-\\x7f]){_JOINER}|(?<![\u0900-\u0dff]){_JOINER}(?![^\\x00-\\x7f])"
_FLAG: Final = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_FIND_UNSEEN: Final = re.compile(f"(?:{_FLAG})|(?P<unseen>({_UNSEEN}|{_STRAY_JOINER})\\2*)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text. `lines` are the bill's lines that matched it; a `label` is shown in its stead."""

    text: str
    lines: tuple[int, ...] = ()
    label: str | None = None


def segments(text: str, marks: Iterable[Mark] = ()) -> Sequence[Segment]:
    """The text cut where marks begin and end and around what cannot be seen; joined, it is `text`."""
    marks = [mark for mark in marks if 0 <= mark[0] < mark[1] <= len(text)]
    unseen = [found.span() for found in _FIND_UNSEEN.finditer(text) if found["unseen"]]
    labelled = dict(unseen)
    found: list[Segment] = []
    hidden_until = 0
    for start, end, lines in _stretches(len(text), marks, unseen):
        hidden_until = max(hidden_until, labelled.get(start, 0))
        piece = text[start:end]
        if end <= hidden_until:
            found.append(Segment(piece, lines, _label(piece)))
        elif found and found[-1].label is None and found[-1].lines == lines:
            found[-1] = Segment(found[-1].text + piece, lines)
        else:
            found.append(Segment(piece, lines))
    return found


def _stretches(
    length: int, marks: Sequence[Mark], cuts: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """From edge to edge: where from, where to, and the lines whose marks lie over it, which may overlap."""
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for start, end, line in marks:
        opening.setdefault(start, []).append(line)
        closing.setdefault(end, []).append(line)
    edges = sorted({0, length, *opening, *closing, *(edge for cut in cuts for edge in cut)})
    over = Counter[int]()
    for start, end in pairwise(edges):
        over.update(opening.get(start, ()))
        over.subtract(closing.get(start, ()))
        over += Counter()
        yield start, end, tuple(sorted(over))


def _label(piece: str) -> str:
    """`U+202E`, with the number of times where it stands there more than once."""
    code = f"U+{ord(piece[0]):04X}"
    return code if len(piece) == 1 else f"{code} ×{len(piece)}"
