"""The ways in which a word may be written so that a list does not know it, and a reader does."""

import re
from collections.abc import Iterator
from typing import Final

_RUN: Final = re.compile(r"(.)\1{2,}")
_DOUBLE_VOWEL: Final = re.compile(r"([aeiou])\1")
_ALL_DOUBLED: Final = re.compile(r"(?:(.)\1){3,}")
_LEET: Final = str.maketrans("013456789@$!|€£", "oieasgtbgasilel")
_LEET_L: Final = str.maketrans("013456789@$!|€£", "oleasgtbgasllel")
_LEET_SIGNS: Final = re.compile(r"[013456789@$!|€£]")
_LETTERS: Final = re.compile(r"[^\W\d_]")


def readings(word: str) -> Iterator[str]:
    """What a folded word may be read as, itself first.

    Drawn-out letters are shortened only where there is a run of three, because twins are spelling: with
    one g less, a slur would match Niger. Digits and signs are letters only in a word that has letters.
    """
    yield word
    if _LEET_SIGNS.search(word) and _may_be_leet(word):
        for table in (_LEET, _LEET_L):
            plain = word.translate(table)
            yield plain
            yield from _shortened(plain)
    yield from _shortened(word)


def loose_readings(word: str) -> Iterator[str]:
    """The same where the words around it vouch for it: then even `d3` is a word."""
    yield from readings(word)
    yield word.translate(_LEET)


def _shortened(word: str) -> Iterator[str]:
    if _RUN.search(word):
        yield _RUN.sub(r"\1", word)
        yield _RUN.sub(r"\1\1", word)
        once = _RUN.sub(r"\1", word)
        if _DOUBLE_VOWEL.search(once):
            yield _DOUBLE_VOWEL.sub(r"\1", once)
    elif _ALL_DOUBLED.fullmatch(word):
        yield word[::2]


def doubled_vowels_read_once(word: str) -> str | None:
    """The word with twin vowels read as one (`shiit`), None where there are none: for whole words only."""
    return _DOUBLE_VOWEL.sub(r"\1", word) if _DOUBLE_VOWEL.search(word) else None


def _may_be_leet(word: str) -> bool:
    """A55 is a road; two letters, or a sign that no number has, make a word."""
    letters = len(_LETTERS.findall(word))
    return letters >= 2 or (letters == 1 and any(sign in word for sign in "@$!"))
