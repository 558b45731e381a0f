"""Words with letters masked: `f**k`, `s#!t`, `b******t`, `f-ck`. Who masks a word wants it read."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Final

from service.screening.folding import fold
from service.screening.lexicon.around import around
from service.screening.lexicon.lists import Entry

_SIGNS: Final = r"*#@$!%&+·•●…(^¢£¥€§©®¡¿×∪\u2580-\u25ff\u2600-\u27bf\U0001f300-\U0001faff"
_RUN: Final = re.compile(rf"[{_SIGNS}]+")
_HIDES: Final = re.compile(rf"[{_SIGNS}_\-–—.…~?=]")
_MASKED: Final = re.compile(
    rf"(?<![\w*#@$%&])[^\W\d_](?=[^\W\d]{{0,18}}[{_SIGNS}_])"
    rf"(?:[^\W\d]|[{_SIGNS}]){{1,18}}(?:[^\W\d_]|[*#%&€£])(?![\w@])"
)
# The first sign of what is masked: after a letter, and not at the end, unless it can stand there.
_FIRST_MASK: Final = re.compile(
    rf"[{_SIGNS}_](?<=[^\W\d_].)(?:[^\W\d]|[{_SIGNS}]|(?<=[*#%&€£\u2776-\u2793]))"
)
# Most texts hold no two signs in a row, and need no closer look.
_SIGNED: Final = re.compile(r"[*#%&@$!\-–—_]{2}")
# A letter and what comics have people say: `F@#%`, `s#$&`.
_GRAWLIX: Final = re.compile(r"(?<![\w*#@$%&])[fscb][*#%&@$!]{3,6}(?![\w@])")
# `hijo de p***`: what leads to a letter says which word it is.
_OF_A: Final = re.compile(
    r"(?<!\w)(?:hij[oa]s? de (?:la )?|fil(?:s|le) de |filh[oa]s? d[ae] |figli[oa]? di |sons? of (?:a )?)"
    r"[pb][*#%&@$!\-–—_]{2,6}(?!\w)"
)
# Signs that are drawn like letters: `(unt`, `¢ock`, `$#!+`.
_DRAWN: Final = ("(unt", "(ock", "¢", "#!+", "\\/\\/")
_OPENED: Final = re.compile(
    r"(?<![\w(¢$])(?:[(¢](?:unt|unts|ock|ocks|unting)(?![\w)])|\$#!\+(?!\w)|\\/\\/(?:ank|ankers?|hores?)(?!\w))"
)
# Dashes and dots stand for letters in the papers (`f--king`, `sh.t`), a single one for a vowel only.
_DASHED: Final = re.compile(
    r"(?<![\w.-])[a-z]{1,9}(?:[-–—.…]{1,6}[a-z]{1,8}|[-–—]{3,6}|[~?=][a-z]{1,8})(?![\w-])"
)
_FIRST_DASH: Final = re.compile(r"[-–—.…~?=](?<=[a-z].)[a-z\-–—.…]")
_DASH: Final = re.compile(r"[-–—.…~?=]+")
# These stand for any number of letters.
_ANY: Final = re.compile(r"—+|–{2,}|…|\.{3,}")
_ALL: Final = re.compile(
    r"[fsc][*#%&]{3}|f[*]{4,6}|b[*]{4}|b[*]{6}|w[*]{5}|n[*]{5}|a[*]{6}|p[*]{4}|t[*]{3}|[fs][-–—]{3}"
)
_ALL_SLUR: Final = "n*****"
_VOWELS: Final = "aeiou"
_SEVERITIES: Final = {"vulgar": 1, "strong": 2, "slur": 3}
# Names in programs are short words and underscores.
_SHORTEST_UNDERLINED: Final = 4
MAX_MASKED: Final = 50
# Neither of these is longer, nor looks farther.
_FAR: Final = 26


class _Masks:
    """What people mask: words by their first letter, and the ones that compounds begin with."""

    def __init__(self, content: Mapping[str, str]) -> None:
        self.words: dict[str, list[tuple[str, int]]] = {}
        for tier, severity in _SEVERITIES.items():
            for word in content[tier].split():
                folded = fold(word).text
                self.words.setdefault(folded[0], []).append((folded, severity))
        self.stems: Sequence[str] = [fold(stem).text for stem in content["stems"].split()]
        self.tails: frozenset[str] = frozenset(content["tails"].split())
        self.dashed: frozenset[str] = frozenset(content["dashed"].split())


@cache
def _masks() -> _Masks:
    path = files("service.screening.lexicon") / "masked.toml"
    return _Masks(tomllib.loads(path.read_text(encoding="utf-8"))["masked"])


def masked(word: str) -> Entry | None:
    """The entry of a word that people mask and set apart, though by itself it may be innocent: `dicks`."""
    for each, severity in _masks().words.get(word[0], ()):
        if each == word:
            return Entry(severity)
    return None


def dashed_words() -> frozenset[str]:
    """The few words that people cut by dashes, dots or a space."""
    return _masks().dashed


def masked_words(text: str) -> Iterator[tuple[int, int, int]]:
    """Where masked words stand in a folded text, and how bad they are; looks at `MAX_MASKED` of each kind."""
    for pattern, first, unmask in ((_MASKED, _FIRST_MASK, _unmask), (_DASHED, _FIRST_DASH, _undash)):
        signed = (match for match in around(first, pattern, text, _FAR) if _HIDES.search(match[0], 1))
        for match in islice(signed, MAX_MASKED):
            if severity := unmask(match[0]):
                yield match.start(), match.end(), severity
    if _SIGNED.search(text):
        for match in islice(_GRAWLIX.finditer(text), MAX_MASKED):
            if len(set(match[0][1:])) > 1:
                yield match.start(), match.end(), 2
        yield from ((*match.span(), 2) for match in islice(_OF_A.finditer(text), MAX_MASKED))
    if any(sign in text for sign in _DRAWN):
        yield from ((*match.span(), 2) for match in islice(_OPENED.finditer(text), MAX_MASKED))


@lru_cache(maxsize=4_096)
def _unmask(written: str) -> int:
    """The severity of the word that this may be, else 0. The first letter stands, and another one too."""
    if "_" in written and len(written) < _SHORTEST_UNDERLINED:
        return 0
    letters = sum(character.isalpha() for character in written)
    if letters < 2:
        return _of_first_letter(written)
    pattern = re.compile("".join(_part(part) for part in re.split(f"({_RUN.pattern}|_+)", written) if part))
    for word, severity in _masks().words.get(written[0], ()):
        if pattern.fullmatch(word):
            return severity
    return 2 if any(_begins_with(written, stem) for stem in _masks().stems) else 0


def _of_first_letter(written: str) -> int:
    if not _ALL.fullmatch(written):
        return 0
    return 3 if written == _ALL_SLUR else 2


def _begins_with(written: str, stem: str) -> bool:
    """Whether this is a compound of whose first word one inner letter is masked, or more before a known end.

    `sh*tshow` is one of the former, and `s***show` of the latter.
    """
    rest = written[len(stem) :]
    if not rest.isalpha() or written[0] != stem[0]:
        return False
    masked = [place for place, letter in enumerate(stem) if written[place] != letter]
    if any(written[place].isalpha() for place in masked):
        return False
    return rest in _masks().tails if written[len(stem) - 1] != stem[-1] else len(masked) == 1


@lru_cache(maxsize=4_096)
def _undash(written: str) -> int:
    """The same for dashes, each of which is one letter, and for a dot, which is one vowel."""
    left, right = _DASH.split(written, 1)
    hidden = len(written) - len(left) - len(right)
    if hidden >= 3 and len(left) == 1 and not right:
        return _of_first_letter(written)
    if not right:
        return 0
    if _ANY.fullmatch(written, len(left), len(written) - len(right)):
        return 2 if _is_between(left, right) else 0
    if hidden > 1 and right in _masks().tails:
        stems = (stem for stem in _masks().stems if len(stem) == len(left) + hidden)
        return 2 if any(stem.startswith(left) for stem in stems) else 0
    for word in _masks().dashed:
        inner = word[len(left) : len(left) + hidden]
        if word != left + inner + right or len(left + right) < 2:
            continue
        if hidden > 1 or inner in _VOWELS:
            return 2
    return 0


def _is_between(left: str, right: str) -> bool:
    """Whether a dashed word begins and ends so, and has at least two letters more."""
    return len(left + right) > 1 and any(
        word.startswith(left) and word.endswith(right) and len(word) - len(left + right) > 1
        for word in _masks().dashed
    )


def _part(part: str) -> str:
    """Letters as they are; a mask is one letter each, and from two on as many as it likes."""
    if part[0].isalpha():
        return re.escape(part)
    return r"\w" if len(part) == 1 else rf"\w{{1,{len(part) + 4}}}"
