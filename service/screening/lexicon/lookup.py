"""What the lists know about one word, in whatever way it is written."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from service.screening.lexicon.lists import Entry, Phrase, lists
from service.screening.lexicon.readings import doubled_vowels_read_once, is_plain, loose_readings, readings

MAX_WORD: Final = 40
_SHORTEST: Final = 4
# Scripts from here on set no space between words.
_UNSPACED: Final = "\u2e80"
_LEAD_IN: Final = re.compile(
    r"(?:go|you|i|u|oh+|holy|what|wat|the|wt|shut|who|this|get|how|why|just|so|no|aw+|for|omg|lol|my"
    r"|little|stupid|dumb|lying|corrupt|bloody|filthy|dirty|greedy|rotten|thieving|cheating|useless|sick|big|lazy|a|an|of|piece|such|total|absolute|utter|old|fat|ugly|your|is|are|all|we|they|your)*"
)
# Letters turned round: the word is written backwards with them.
_TURNED: Final = str.maketrans("ʞɟʇɥɹʍʎɓʌnuqpbdɯ", "kfthrwygvunbdqpm")
_UPSIDE_DOWN: Final = re.compile("[ʞɟʇɥɹʍʎ]")
# The longest rest that still belongs to a word: `gofuckyourself`, and not `fuckthisgovernment`.
_LONGEST_REST: Final = 8
# The letters of an Arabic keyboard that Urdu has others for.
_URDU_LETTERS: Final = str.maketrans("يىكهة", "ییکہہ")
_ARABIC: Final = re.compile("[يىكهة]")
_TAILS: Final = ("inging", "ing", "in")


class Hit(NamedTuple):
    """What a list knows about a word; `start` and `end` where only a part of it was meant."""

    entry: Entry
    start: int = 0
    end: int | None = None


class Known(NamedTuple):
    """What the lists know about a word by itself, and the phrases that are looked up by it."""

    hit: Hit | None
    phrases: Sequence[Phrase]


def look(word: str) -> Hit | None:
    """What the lists know about a folded word, in whatever way it is written."""
    known = read(word if len(word) <= MAX_WORD else cut(word))
    return known and known.hit


def cut(word: str) -> str:
    """A long word without what was drawn out, and no longer than is read."""
    return re.sub(r"(.)\1{3,}", r"\1\1\1", word)[:MAX_WORD]


# Words come again and again, and hardly any is listed.
@lru_cache(maxsize=32_768)
def read(word: str) -> Known | None:
    """What the lists know about a folded word of at most `MAX_WORD` letters; None where nothing."""
    plain = is_plain(word)
    hit = None if len(word) < 2 else _look_plainly(word) if plain else _look(word)
    phrases = lists().phrases.get(word, ()) if plain else _phrases_with(word)
    return Known(hit, phrases) if hit or phrases else None


def _look(word: str) -> Hit | None:
    if is_plain(word):
        return _look_plainly(word)
    if not word.isascii() and _UPSIDE_DOWN.search(word):
        return _known(word.translate(_TURNED)[::-1])
    if word[0] == "@" and (hit := _look(word[1:]) if len(word) > 2 else None):
        return Hit(hit.entry, hit.start + 1, len(word) if hit.end is None else hit.end + 1)
    if "!" in word and (part := _part_beside_a_shout(word)):
        return part
    part = None
    for reading in readings(word):
        hit = _known(reading)
        if hit is not None and hit.end is None:
            return hit
        part = part or (hit if reading == word else hit and Hit(hit.entry))
    if part is not None:
        return part
    once = doubled_vowels_read_once(word)
    if once and len(once) >= _SHORTEST and (entry := lists().words.get(once)):
        return None if entry.language or word.startswith(lists().innocent) else Hit(entry)
    return None


def _look_plainly(word: str) -> Hit | None:
    """The same for a word that is plain, and so may be read as it is, or upside down."""
    if word.isascii():
        return _known(word)
    if _UPSIDE_DOWN.search(word):
        return _known(word.translate(_TURNED)[::-1])
    return _known(word) or _in_urdu_letters(word)


def _in_urdu_letters(word: str) -> Hit | None:
    """What the Urdu list knows about a word that was typed on an Arabic keyboard; in Arabic it is another."""
    hit = _known(word.translate(_URDU_LETTERS)) if _ARABIC.search(word) else None
    return hit and Hit(hit.entry._replace(language="ur"), hit.start, hit.end)


def _part_beside_a_shout(word: str) -> Hit | None:
    """What is known about a part of words that only an exclamation mark joins: `shit!stop`, not `sh!t`."""
    if any(reading in lists().words for reading in readings(word)):
        return None
    start = 0
    for part in word.split("!"):
        if len(part) > 1 and (hit := _look(part)):
            return Hit(hit.entry, start + hit.start, start + (len(part) if hit.end is None else hit.end))
        start += len(part) + 1
    return None


def _known(word: str) -> Hit | None:
    known = lists()
    entry = known.words.get(word)
    if entry is not None:
        return Hit(entry)
    hit = _beginning(word) or _inside(word) or (_at_the_end(word) if len(word) > _LONGEST_REST else None)
    return None if hit and word.startswith(known.innocent) else hit


def _beginning(word: str) -> Hit | None:
    known = lists()
    for start, entry in known.starts.get(word[: known.head], ()):
        if len(start) < len(word) and word.startswith(start):
            return Hit(entry) if len(word) - len(start) <= _LONGEST_REST else Hit(entry, 0, len(start))
    return None


def _at_the_end(word: str) -> Hit | None:
    """A strong word that plain ones lead to: `youlittleshit`."""
    known = lists()
    if word[-_SHORTEST:] not in _ends():
        return None
    for start in range(max(2, len(word) - _LONGEST_REST - 4), len(word) - _SHORTEST + 1):
        entry = known.words.get(word[start:])
        if entry == Entry(2) and _reads_on(word, start):
            return Hit(entry, start, len(word))
    return None


@cache
def _ends() -> frozenset[str]:
    """What strong words end in."""
    return frozenset(word[-_SHORTEST:] for word, entry in lists().words.items() if entry == Entry(2))


def _inside(word: str) -> Hit | None:
    for last, (length, entry) in lists().stems.iter(word):
        start, end = last + 1 - length, last + 1
        rest = word[end:]
        tail = next((tail for tail in _TAILS if rest.startswith(tail)), "")
        if end + len(tail) == len(word) and start < length:
            return Hit(entry)
        if word[start] >= _UNSPACED:
            return Hit(entry, start, end)
        if (entry_of_rest := lists().words.get(word[start:])) is not None and start <= 5:
            return Hit(entry_of_rest)
        if _reads_on(word, start) and len(word) - end <= _LONGEST_REST:
            return Hit(entry)
        return Hit(entry, start, end + len(tail))
    return None


def _reads_on(word: str, start: int) -> bool:
    """Whether plain words lead to the stem, as in `gofuckyourself`: then all of it is meant."""
    return _LEAD_IN.fullmatch(word, 0, start) is not None


def _phrases_with(word: str) -> Sequence[Phrase]:
    """The phrases that are looked up by this word, read loosely."""
    phrases = lists().phrases
    return [phrase for each in loose_readings(word) for phrase in phrases.get(each, ())]


@lru_cache(maxsize=8_192)
def plainly(word: str) -> frozenset[str]:
    """What a word may be read as where the words around it vouch for it."""
    return frozenset(loose_readings(word))
