"""Folding: what letters look like, and where each one stood.

Evasion changes code points and keeps the look: full-width, bold and circled letters, Cyrillic and Greek
look-alikes, stacked accents, characters of no width. Folding undoes this one code point at a time, which
is why its cost is linear: normalising a whole text is quadratic in a run of combining marks.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count, repeat
from typing import Final

MAX_FOLDED: Final = 20_000

# Letters of no decomposition, by what they look like in lower case. Case is folded before, so that the
# same word gives the same fold in both cases: Н is read as h, and therefore н is too.
_LOOK_ALIKES: Final = {
    **dict(zip("авекмнорстухѕіјһԁԛԝґүӏ", "abekmhopctyxsijhdqwryl", strict=True)),
    **dict(zip("αβεικνορτυχ", "abeikvoptux", strict=True)),
    **dict(
        zip(
            "\u0585\u0578\u057d\u0570\u0581\u0575\u0566\u0561\u0584\u057c\u0563\u057f",
            "onuhgjqwfnqt",
            strict=True,
        )
    ),
    **dict(zip("ɑƒɡıłøđħŧɩɪ", "afgilodhtii", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghjklmnoprstuvwyz", strict=True)),
    # Cyrillic letters with strokes and hooks, and the one that stands for u in disguises.
    **dict(zip("ғҝқҟҡҳұүҫѵц", "fkkkkxyycvu", strict=True)),
    **dict(zip("ɓƈɖɗʄɠɦƙɱɲɳŋƥʠɽʂƭʋɛəʊɯʍɔɐ", "bcddfghkmnnnpqrstveeuwmca", strict=True)),
    **dict(zip("ημγω", "nuyw", strict=True)),
    # Canadian syllabics and Cherokee, as in the alphabets that generators of styled text offer.
    **dict(zip("ᗩᗷᑕᗪᗴᖴᕼᒍᒪᗰᑎᑭᖇᔕᑌᐯᗯᘔᛕ", "abcdefhjlmnprsuvwzk", strict=True)),
    **dict(zip("ᎪᏴᏟᎠᎬᎶᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ", "abcdeghijklmprstvwz", strict=True)),
    **{chr(first + n): chr(97 + n) for first in (0x1F150, 0x1F170) for n in range(26)},
}
# Nothing to see: ARABIC TATWEEL, COMBINING GRAPHEME JOINER, Hangul and Khmer fillers.
_UNSEEN: Final = frozenset("\u0640\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. `offsets[i]` is where the code point `i` came from, `offsets[-1]` where the text ended.

    No offsets means that nothing moved: every code point stands where it stood.
    """

    text: str
    offsets: Sequence[int] | None = None
    truncated: bool = False

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that became `text[start:end]`, with what folding dropped in it."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], max(self.offsets[end], self.offsets[end - 1] + 1)

    def origins(self, starts: Sequence[int], ends: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """The same of many parts at once: where each starts, and where each ends."""
        if (offsets := self.offsets) is None:
            return starts, ends
        lasts = ((offsets[end], offsets[end - 1] + 1) for end in ends)
        # Without a call of `max` for each of thousands of words.
        return [offsets[start] for start in starts], [a if a > b else b for a, b in lasts]


def fold(text: str) -> Folded:
    """What `text` looks like, in lower case; no longer than `MAX_FOLDED`."""
    kept, truncated = text[:MAX_FOLDED], len(text) > MAX_FOLDED
    if kept.isascii():
        return Folded(kept.lower(), truncated=truncated)
    looks = {character: _fold_character(character) for character in set(kept)}
    folded = kept.translate({ord(character): look for character, look in looks.items()})
    moving = {character: len(look) for character, look in looks.items() if len(look) != 1}
    if not moving:
        return Folded(folded, truncated=truncated)
    offsets: list[int] = []
    done = 0
    for place in compress(count(), map(moving.__contains__, kept)):
        offsets += (*range(done, place), *repeat(place, moving[kept[place]]))
        done = place + 1
    offsets += range(done, len(kept) + 1)
    if len(folded) <= MAX_FOLDED:
        return Folded(folded, offsets, truncated)
    return Folded(folded[:MAX_FOLDED], offsets[: MAX_FOLDED + 1], truncated=True)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    # Its capital is that of sigma, and it looks like another letter.
    if character == "ς":
        return "c"
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_LOOK_ALIKES.get(part, part) for part in folded if not _is_dropped(part))


def _is_dropped(character: str) -> bool:
    """Whether a character has no look of its own.

    Accents, enclosing marks, vowel points of Arabic and Hebrew, whatever has no width. The vowel signs
    and viramas of Indic scripts (combining classes 0, 7 and 9) make words, and stay.
    """
    match unicodedata.category(character):
        case "Cf" | "Me":
            return True
        case "Mn":
            place = unicodedata.combining(character)
            return place == 1 or 10 <= place <= 36 or place >= 200 or _is_unseen_mark(character)
        case _:
            return character in _UNSEEN


def _is_unseen_mark(character: str) -> bool:
    return character in _UNSEEN or "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100"
