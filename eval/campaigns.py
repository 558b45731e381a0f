"""Campaigns: are the variants of one text found, and are honest texts left alone?"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from eval.data import Kind, Table
from eval.figures import Figures
from service.model.likeness import Print
from service.screening.folding import fold
from service.screening.likeness import SIMILAR, read, similarity

EDITS: Final = (3, 6, 12)
_VARIANTS: Final = 6
_HONEST: Final = 1_500
_ADDRESS: Final = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+")
_LOOK_ALIKES: Final = dict(zip("aeocpx", "\u0430\u0435\u043e\u0441\u0440\u0445", strict=True))


def found(tables: Sequence[Table]) -> Mapping[str, Figures]:
    """The share of pairs of variants that are found after so many edits, and of honest pairs that are."""
    spam = [row.text for table in tables if table.kind is Kind.SPAM for row in table.rows if row.label]
    honest = [
        row.text
        for table in tables
        if table.kind is Kind.OFFENCE_CORPUS
        for row in table.rows
        if not row.label
    ]
    arabic = [text for text in spam if re.search("[\u0600-\u06ff]", text)]
    figures = {
        f"{name}, {count} edits": {"pairs found": _recall(seeds, count)}
        for name, seeds in (("all scripts", spam), ("Arabic script", arabic))
        for count in EDITS
        if seeds
    }
    texts = list(dict.fromkeys(honest))[:: max(1, len(honest) // _HONEST)][:_HONEST]
    prints = [each for each in (read(fold(text)) for text in texts) if each]
    pairs = [_is_pair(one, other) for one, other in combinations(prints, 2)]
    return figures | ({"honest": {"pairs found": sum(pairs) / len(pairs)}} if pairs else {})


def _recall(seeds: Sequence[str], count: int) -> float:
    chance = random.Random(5)  # noqa: S311 - repeatable on purpose
    hits = pairs = 0
    for seed in seeds:
        prints = [read(fold(_edited(seed, count, chance))) for _ in range(_VARIANTS)]
        for one, other in combinations([each for each in prints if each], 2):
            pairs += 1
            hits += _is_pair(one, other)
    return hits / max(1, pairs)


def _is_pair(one: Print, other: Print) -> bool:
    if one.digest == other.digest:
        return True
    return not set(one.bands).isdisjoint(other.bands) and similarity(one.normal, other.normal) >= SIMILAR


def _edited(text: str, count: int, chance: random.Random) -> str:
    for _ in range(count):
        text = chance.choice(list(_edits(text, chance)))
    return text


def _edits(text: str, chance: random.Random) -> Iterator[str]:
    """One edit of each kind that spammers use to escape."""
    at = chance.randrange(len(text) + 1)
    letters = [letter for letter in text if letter.isalpha()] or ["a"]
    yield text[:at] + chance.choice(letters) + text[at:]
    yield text[:at] + text[at + 1 :]
    yield f"{text[:at]}{chance.randrange(10_000)}{text[at:]}"
    yield text[:at] + chance.choice("\U0001f600\U0001f525\U0001f4b0\u2705") + text[at:]
    yield text[:at] + text[at : at + 5].upper() + text[at + 5 :]
    yield text[:at] + chance.choice(".,!?-") + text[at:]
    host = "".join(chance.choices("abcdefghij", k=8)) + ".example.top"
    yield _ADDRESS.sub(host, text, count=1) if _ADDRESS.search(text) else f"{text} {host}"
    places = [n for n, letter in enumerate(text) if letter in _LOOK_ALIKES]
    if places:
        place = chance.choice(places)
        yield text[:place] + _LOOK_ALIKES[text[place]] + text[place + 1 :]
    words = text.split(" ")
    if len(words) > 1:
        place = chance.randrange(len(words) - 1)
        words[place], words[place + 1] = words[place + 1], words[place]
        yield " ".join(words)
