"""What makes two comments say the same, or nearly the same.

Spam runs vary: a digit, a domain, an emoji, a letter. Three steps find them, each cheaper than the next is
exact: an equal digest of the normalised text; a shared *band*, which is three minimal hashes over runs of
three letters at once (MinHash and locality-sensitive hashing: Broder 1997; Indyk and Motwani 1998); and
the similarity of PostgreSQL's pg_trgm for what shares one. Bands are made of the letters alone: most edits
put a space into a word.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from service.model.likeness import Print
from service.screening.folding import Folded

# Shorter texts repeat without anybody's doing: "Well said."
MIN_LENGTH: Final = 30
MAX_LENGTH: Final = 1_000
SIMILAR: Final = 0.35
BANDS: Final = 40
_ROWS: Final = 3
_SHINGLE: Final = 3
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+|(?<![\w@.-])(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}(?:/\S*)?(?![\w])"
)
# Letters and the marks that belong to them are words; everything else parts them.
_GAPS: Final = re.compile(r"(?:[^\w\u0900-\u0dff]|[\d_])+")
# Where addresses stood; they come and go.
_URL: Final = re.compile(r"\burl\b")
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xFF51AFD7ED558CCD)
_HALF: Final = np.uint64(32)


def _seeds(count: int) -> npt.NDArray[np.uint64]:
    """Fixed numbers to hash with: the same in every process, and in every release."""
    found = [hashlib.blake2b(b"greenroom likeness %d" % n, digest_size=8).digest() for n in range(count)]
    return np.array([int.from_bytes(each, "little") | 1 for each in found], dtype=np.uint64)


_FACTORS: Final = _seeds(BANDS * _ROWS)[:, None]


def normalise(folded: Folded) -> str:
    """The words alone: addresses become `url`, and digits, signs and emoji spaces; at most `MAX_LENGTH`."""
    text = _ADDRESS.sub(" url ", folded.text[: 4 * MAX_LENGTH])
    return _GAPS.sub(" ", text).strip()[:MAX_LENGTH].strip()


def read(folded: Folded) -> Print | None:
    """What to compare a text by; None where it is too short to mean anything."""
    normal = normalise(folded)
    if len(normal) < MIN_LENGTH:
        return None
    digest = hashlib.blake2b(normal.encode("utf-8", "replace"), digest_size=16).digest()
    return Print(normal, digest, _bands(normal))


def similarity(one: str, other: str) -> float:
    """The share of trigrams that two normalised texts have in common, as pg_trgm's `similarity` has it."""
    a, b = _trigrams(one), _trigrams(other)
    return len(a & b) / len(a | b) if a or b else 0.0


def _bands(normal: str) -> Sequence[int]:
    letters = _URL.sub("", normal).replace(" ", "")
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    state = np.zeros(max(1, len(codes) - _SHINGLE + 1), dtype=np.uint64)
    for place in range(min(_SHINGLE, len(codes))):
        state = (state ^ codes[place : place + len(state)]) * _STEP
    state = np.unique((state ^ (state >> _HALF)) * _MIX)
    least = ((state ^ (state >> _HALF)) * _FACTORS).min(axis=1).reshape(BANDS, _ROWS)
    mixed = np.arange(BANDS, dtype=np.uint64)
    for row in range(_ROWS):
        mixed = (mixed ^ least[:, row]) * _STEP
    bands: list[int] = (mixed * _MIX).view(np.int64).tolist()
    return bands


def _trigrams(text: str) -> set[str]:
    padded = [f"  {word} " for word in _GAPS.sub(" ", text.lower()).split()]
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}
