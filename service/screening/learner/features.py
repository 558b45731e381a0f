"""What the learner reads in a comment: words, pairs of words, short runs of letters, and the filters' say.

Each feature is a number from hashing (the "hashing trick": Weinberger et al., ICML 2009), so that no
dictionary of other people's words is kept.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from service.model.screenings import Axis, Signal, Span
from service.screening.candidate import Candidate, Token
from service.screening.facts import Facts

# Raise it whenever the same comment would be read otherwise: what was stored is then read anew.
READING: Final = 2
BITS: Final = 18
SIZE: Final = 1 << BITS
MAX_CHARACTERS: Final = 4_000
_MAX_TOKENS: Final = 800
_MAX_WORD: Final = 40
_RUNS: Final = (3, 4, 5)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xFF51AFD7ED558CCD)
_HALF: Final = np.uint64(32)
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,253}")
_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"\d+")

Indices = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a pair of words of the comment, with its feature and where it stands."""

    text: str
    feature: int
    span: Span | None


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

    Words, pairs and runs of letters each count little in a long text, so that length says nothing.
    E-mail addresses in the text are not read.
    """
    pieces = list(_pieces(candidate))
    words = np.fromiter((piece.feature for piece in pieces), np.uint32, len(pieces))
    runs = _runs(_readable(candidate))
    rules = list(_rules(signals, facts))
    groups = [
        (np.unique(words), 1.0),
        (np.unique(runs), 1.0),
    ]
    indices = [group for group, _ in groups] + [np.array([index for index, _ in rules], np.uint32)]
    values = [np.full(len(group), share / max(1.0, len(group) ** 0.5)) for group, share in groups]
    values.append(np.array([value for _, value in rules]))
    return _merged(np.concatenate(indices), np.concatenate(values), pieces)


def _merged(indices: Indices, values: npt.NDArray[np.float64], pieces: Sequence[Piece]) -> Features:
    unique, places = np.unique(indices, return_inverse=True)
    summed = np.bincount(places, weights=values, minlength=len(unique))
    # As they would come back from storage, so that a lesson is the same before and after.
    return Features(unique.astype(np.uint32), summed.astype(np.float16).astype(np.float32), pieces)


def _pieces(candidate: Candidate) -> Iterator[Piece]:
    addresses = [match.span() for match in _ADDRESS.finditer(candidate.text)]
    tokens = [
        token
        for token in candidate.tokens[:_MAX_TOKENS]
        if not (token.field == "text" and _lies_in(token, addresses))
    ]
    for token in tokens:
        word = _NUMBER.sub("0", token.text)[:_MAX_WORD]
        prefix = "" if token.field == "text" else f"{token.field}:"
        yield Piece(token.text[:_MAX_WORD], _hash(f"{prefix}{word}"), token.span)
    for one, other in pairwise(tokens):
        if one.field == other.field == "text":
            pair = f"{one.text[:_MAX_WORD]} {other.text[:_MAX_WORD]}"
            yield Piece(pair, _hash(_NUMBER.sub("0", pair)), Span("text", one.start, other.end))


def _lies_in(token: Token, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= token.start < end for start, end in places)


def _readable(candidate: Candidate) -> str:
    text = _ADDRESS.sub(" ", candidate.folded_text.text[:MAX_CHARACTERS])
    return _NUMBER.sub("0", _SPACE.sub(" ", f" {candidate.folded_name.text} | {text} "))


def _runs(text: str) -> Indices:
    """The numbers of all runs of three to five characters, hashed side by side."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    found = []
    for length in _RUNS:
        if len(codes) < length:
            break
        state = np.full(len(codes) - length + 1, np.uint64(length))
        for place in range(length):
            state = (state ^ codes[place : place + len(state)]) * _STEP
        state = (state ^ (state >> _HALF)) * _MIX
        found.append((state >> np.uint64(64 - BITS)).astype(np.uint32))
    return np.concatenate(found) if found else np.empty(0, np.uint32)


def _rules(signals: Sequence[Signal], facts: Facts) -> Iterator[tuple[int, float]]:
    """Which filters spoke, and how loud all of them were together."""
    score = 0.0
    for signal in signals:
        yield _hash(f"filter:{signal.name}"), 0.5 * signal.strength
        score += signal.points if signal.axis is Axis.SPAM else 0.0
    yield _hash("score"), max(-2.0, min(2.0, score / 3))
    yield _hash("reply:long" if facts.fill_seconds and facts.fill_seconds > 60 else "reply"), 0.1


def _hash(text: str) -> int:
    return (zlib.crc32(text.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - BITS)
