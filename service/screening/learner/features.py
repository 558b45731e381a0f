"""What the learner reads in a comment: words, pairs of words, short runs of letters, what kinds of phrases
of those who sell it holds, and the filters' say.

Each feature is a number from hashing (the "hashing trick": Weinberger et al., ICML 2009), so that no
dictionary of other people's words is kept.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from service.model.screenings import Axis, Signal, Span
from service.screening.candidate import Candidate, Token
from service.screening.facts import Facts
from service.screening.pitches import find_phrases

# Raise it whenever the same comment would be read or learned otherwise: all is then read and learned anew.
READING: Final = 5
BITS: Final = 18
SIZE: Final = 1 << BITS
MAX_CHARACTERS: Final = 4_000
_MAX_TOKENS: Final = 800
_MAX_WORD: Final = 40
_SHORTEST: Final = 3
_LONGEST: Final = 5
# How loud words, and runs of characters, are together; and how much less each one says among many. At 0.5
# a long text would say no more than a short one.
_WORDS_SAY: Final = 1.5
_RUNS_SAY: Final = 1.0
_CROWD: Final = 0.3
# How loud one kind of phrase is.
_KIND_SAYS: Final = 0.5
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xFF51AFD7ED558CCD)
_HALF: Final = np.uint64(32)
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,253}")
_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"\d+")

Indices = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float32]


class Piece(NamedTuple):
    """A word or a pair of words of the comment, with its feature and where it stands."""

    text: str
    feature: int
    field: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The place of the words."""
        return Span(self.field, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one comment: sorted numbers below `SIZE`, each once, and how much each counts.

    `pieces` are those that a person can read; they are not stored.
    """

    indices: Indices
    values: Values
    pieces: Sequence[Piece] = ()

    def to_bytes(self) -> bytes:
        """Numbers and values, six bytes a feature, little-endian."""
        return self.indices.astype("<u4").tobytes() + self.values.astype("<f2").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Features":
        """The features again, without their pieces; values to three digits."""
        count = len(stored) // 6
        indices = np.frombuffer(stored, "<u4", count).astype(np.uint32)
        return cls(indices, np.frombuffer(stored, "<f2", count, offset=4 * count).astype(np.float32))


def read(candidate: Candidate, facts: Facts, signals: Sequence[Signal]) -> Features:
    """The features of a comment that the filters have seen. `signals` are theirs, the learner's left out.

    A word, a pair or a run of letters counts less among many. E-mail addresses in the text are not read.
    """
    pieces = _pieces(candidate)
    words = np.array([piece.feature for piece in pieces], np.uint32)
    rules = [*_rules(signals, facts), *_kinds(candidate)]
    groups = [(_distinct(words), _WORDS_SAY), (_distinct(_runs(_readable(candidate))), _RUNS_SAY)]
    indices = [group for group, _ in groups] + [np.array([index for index, _ in rules], np.uint32)]
    values = [np.full(len(group), share / max(1, len(group)) ** _CROWD) for group, share in groups]
    values.append(np.array([value for _, value in rules]))
    return _merged(np.concatenate(indices), np.concatenate(values), pieces)


def _distinct(indices: Indices) -> Indices:
    """Each number once, in order; what `numpy.unique` does, in a third of its time."""
    ordered = np.sort(indices)
    return ordered[_firsts(ordered)]


def _firsts(ordered: Indices) -> npt.NDArray[np.bool_]:
    """Where a new number begins."""
    found = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=found[1:])
    return found


def _merged(indices: Indices, values: npt.NDArray[np.float64], pieces: Sequence[Piece]) -> Features:
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    firsts = np.flatnonzero(_firsts(ordered))
    summed = np.add.reduceat(values[order], firsts)
    # As they would come back from storage, so that a lesson is the same before and after.
    return Features(ordered[firsts], summed.astype(np.float16).astype(np.float32), pieces)


def _pieces(candidate: Candidate) -> Sequence[Piece]:
    tokens: Sequence[Token] = candidate.tokens[:_MAX_TOKENS]
    if "@" in candidate.text:
        addresses = [match.span() for match in _ADDRESS.finditer(candidate.text)]
        tokens = [each for each in tokens if not (each.field == "text" and _lies_in(each, addresses))]
    found = []
    before = None
    for text, field, start, end in tokens:
        word, plain = text[:_MAX_WORD], _without_numbers(text)[:_MAX_WORD]
        if field != "text":
            found.append(Piece(word, _hash(f"{field}:{plain}"), field, start, end))
            continue
        found.append(Piece(word, _hash(plain), field, start, end))
        if before:
            pair = f"{before[0]} {word}"
            found.append(Piece(pair, _hash(_without_numbers(pair)), field, before[1], end))
        before = word, start
    return found


def _without_numbers(text: str) -> str:
    return text if text.isalpha() else _NUMBER.sub("0", text)


def _lies_in(piece: Token | Span, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= piece.start < end for start, end in places)


def _readable(candidate: Candidate) -> str:
    text = _ADDRESS.sub(" ", candidate.folded_text.text[:MAX_CHARACTERS])
    return _NUMBER.sub("0", _SPACE.sub(" ", f" {candidate.folded_name.text} | {text} "))


def _runs(text: str) -> Indices:
    """The numbers of all runs of three to five characters, hashed side by side, each from a shorter one."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    state = np.zeros(len(codes), np.uint64)
    found = []
    for length in range(1, min(_LONGEST, len(codes)) + 1):
        state = (state[: len(codes) - length + 1] ^ codes[length - 1 :]) * _STEP
        if length >= _SHORTEST:
            found.append(state)
    if not found:
        return np.empty(0, np.uint32)
    whole = np.concatenate(found)
    return (((whole ^ (whole >> _HALF)) * _MIX) >> np.uint64(64 - BITS)).astype(np.uint32)


def _rules(signals: Sequence[Signal], facts: Facts) -> Iterator[tuple[int, float]]:
    """Which filters spoke, and how loud all of them were together."""
    score = 0.0
    for signal in signals:
        yield _hash(f"filter:{signal.name}"), 0.5 * signal.strength
        score += signal.points if signal.axis is Axis.SPAM else 0.0
    yield _hash("score"), max(-2.0, min(2.0, score / 3))
    yield _hash("reply:long" if facts.fill_seconds and facts.fill_seconds > 60 else "reply"), 0.1


def _kinds(candidate: Candidate) -> Iterator[tuple[int, float]]:
    """Which kinds of phrases stand in the text, single words apart from longer ones.

    So what one phrase taught is known of others of its kind that no lesson held. In links there are no
    phrases but paths.
    """
    links = [(link.span.start, link.span.end) for link in candidate.links if link.span.field == "text"]
    phrases = find_phrases(candidate.folded_text, "text")
    outside = [each for each in phrases if not _lies_in(each.span, links)]
    for group, is_long in dict.fromkeys((each.group, each.is_long) for each in outside):
        yield _hash(f"{'phrase' if is_long else 'word'}:{group}"), _KIND_SAYS


def _hash(text: str) -> int:
    return (zlib.crc32(text.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - BITS)
