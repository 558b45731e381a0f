"""The ways in which a word may be written so that a list does not know it, and a reader does."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import Final

_TWINS: Final = re.compile(r"(.)\1")
_RUN: Final = re.compile(r"(.)\1{2,}")
_DOUBLE_VOWEL: Final = re.compile(r"([aeiou])\1")
_REPEATED: Final = re.compile(r"(.)\1+")
# Nothing but runs: `sshhiittt`. Possessive, because a run can be cut in more ways than there is time for.
_ALL_RUNS: Final = re.compile(r"(?:(.)\1++){3,}")
_LEET: Final = str.maketrans("013456789@$!|€£", "oieasgtbgasilel")
_LEET_L: Final = str.maketrans("013456789@$!|€£", "oleasgtbgasllel")
_LEET_LI: Final = str.maketrans("013456789@$!|€£", "oleasgtbgasilel")
_LEET_SIGNS: Final = re.compile(r"[013456789@$!|€£]")
# A$5 and US$20 are prices, 5h17m12s and 5h17 are times.
_FIGURE: Final = re.compile(r"[a-z]{0,3}[$€£][\d.,]+|(?:\d{1,3}(?:h|m|s|d|min|sec|ms))+|\d{1,2}h\d\d")
_MOST_RUNS: Final = 3
_LETTERS: Final = re.compile(r"[^\W\d_]")


def is_plain(word: str) -> bool:
    """Whether a word can be read in one way only, as it is: letters, none of them twice in a row."""
    return word.isalpha() and not _TWINS.search(word)


# Asked about a word by those who look for it and by those who look for phrases with it.
@lru_cache(maxsize=16)
def readings(word: str) -> Sequence[str]:
    """What a folded word may be read as, itself first, each once.

    Drawn-out letters are shortened only where there is a run of three, because twins are spelling: with
    one g less, a slur would match Niger. Digits and signs are letters only in a word that has letters.
    """
    found = {word: None}
    if _LEET_SIGNS.search(word) and _may_be_leet(word):
        for plain in dict.fromkeys(map(word.translate, (_LEET, _LEET_L, _LEET_LI))):
            found |= dict.fromkeys((plain, *_shortened(plain)))
    if "vv" in word:
        found |= {word.replace("vv", "w"): None}
    return (*(found | dict.fromkeys(_shortened(word))),)


def loose_readings(word: str) -> Iterable[str]:
    """The same where the words around it vouch for it: then even `d3` is a word."""
    return dict.fromkeys((*readings(word), word.translate(_LEET)))


def _shortened(word: str) -> Sequence[str]:
    if not _TWINS.search(word):
        return ()
    once = (_REPEATED.sub(r"\1", word),) if _ALL_RUNS.fullmatch(word) else ()
    if runs := _RUN.findall(word):
        found = [_RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word)]
        # `asssshoooole`: one run is twins, the other is not.
        if 1 < len(runs) <= _MOST_RUNS:
            found += ["".join(parts) for parts in product(*_choices(word))]
        return [*found, _DOUBLE_VOWEL.sub(r"\1", found[0]), *once]
    return once


def _choices(word: str) -> Sequence[Sequence[str]]:
    """The parts of a word, and each of its runs as one letter or as two."""
    parts, done = list[Sequence[str]](), 0
    for match in _RUN.finditer(word):
        parts += [(word[done : match.start()],), (match[1], 2 * match[1])]
        done = match.end()
    return [*parts, (word[done:],)]


def doubled_vowels_read_once(word: str) -> str | None:
    """The word with twin vowels read as one (`shiit`), None where there are none: for whole words only."""
    return _DOUBLE_VOWEL.sub(r"\1", word) if _DOUBLE_VOWEL.search(word) else None


def is_figure(word: str) -> bool:
    """Whether this is a price or a time, whatever its digits look like."""
    return _FIGURE.fullmatch(word) is not None


def _may_be_leet(word: str) -> bool:
    """A55 is a road; two letters, or a sign that no number has, make a word."""
    letters = len(_LETTERS.findall(word))
    if is_figure(word):
        return False
    return letters >= 2 or (letters == 1 and any(sign in word for sign in "@$!"))
