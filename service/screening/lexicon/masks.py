"""Words with letters masked: `f**k`, `s#!t`, `b******t`. Who masks a word wants it read."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

_MASKED: Final = re.compile(r"(?<![\w*#@$%&])[a-z](?:[a-z*#@$!%&+_·•●…]{1,18})[a-z*#%&](?![\w@])")
_MASK: Final = re.compile(r"[*#@$!%&+·•●…]")
_RUN: Final = re.compile(r"[*#@$!%&+·•●…]+")
_ALL: Final = re.compile(r"[fsc][*#%&]{3}")
MAX_MASKED: Final = 50
# What people mask, by severity.
_WORDS: Final[Mapping[int, str]] = {
    1: "ass arse piss pissed wank cock dick tits bollocks asses arschl culo cul",
    2: "fuck fucks fucked fucker fuckers fucking fuckin shit shits shitty shitting bullshit bitch bitches "
    "cunt cunts asshole assholes arsehole arseholes motherfucker motherfuckers motherfucking "
    "whore whores slut sluts bastard bastards twat twats wanker wankers dickhead dickheads pussy "
    "scheisse scheiss arschloch hurensohn fotze wichser fick ficken schlampe "
    "merde putain pute connard enculer encule salope puta puto "
    "mierda cabron joder pendejo gilipollas cojones chutiya chutiye bhenchod behnchod madarchod gandu gaandu "
    "haramzada haramzade harami randi bhosdike lauda lund stronzo cazzo vaffanculo puttana caralho kurwa",
    3: "nigger niggers nigga niggas faggot faggots fag retard retarded tranny kike paki pakis neger kanake",
}


def masked_words(text: str) -> Iterator[tuple[int, int, int]]:
    """Where masked words stand in a folded text, and how bad they are."""
    if not _MASK.search(text):
        return
    for number, match in enumerate(_MASKED.finditer(text)):
        if number == MAX_MASKED:
            return
        written = match[0]
        if _MASK.search(written[1:]) and (severity := _unmask(written)):
            yield match.start(), match.end(), severity


@lru_cache(maxsize=4_096)
def _unmask(written: str) -> int:
    """The severity of the word that this may be, else 0. The first letter stands, and another one too."""
    letters = sum(character.isalpha() for character in written)
    if letters < 2:
        return 2 if _ALL.fullmatch(written) else 0
    pattern = re.compile("".join(_part(part) for part in re.split(f"({_RUN.pattern})", written) if part))
    for severity, words in _WORDS.items():
        if any(pattern.fullmatch(word) for word in words.split()):
            return severity
    return 0


def _part(part: str) -> str:
    """Letters as they are; a mask is one letter each, and from two on as many as it likes."""
    if not _MASK.match(part):
        return re.escape(part)
    return r"\w" if len(part) == 1 else rf"\w{{{1},{len(part) + 4}}}"
