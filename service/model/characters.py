"""What may stand in text that strangers write.

The rules refuse what would harm a reader or a moderator (control characters, direction overrides and
invisible characters in names) and keep what writing systems need: ZERO WIDTH NON-JOINER and JOINER
inside words of Arabic, Indic and related scripts and inside emoji sequences (Unicode Standard 23.2).
Every function is linear in the length of its input.
"""

import re
import unicodedata
from typing import Final

from service.errors import FieldRefused

MAX_MARKS_PER_LETTER: Final = 8

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ANY_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_JOINERS: Final = "\u200c\u200d"
_VIRAMA_CLASS: Final = 9
# Letters that look like nothing: Hangul fillers, Braille blank, Khmer inherent vowels, and the like.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d")
# Scripts whose spelling needs joiners: Arabic to Sinhala, Tibetan and Myanmar, Khmer and Mongolian,
# the Indic blocks of plane 0, and the Arabic presentation forms.
_JOINING_SCRIPTS: Final = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1aaf\u1b00-\u1c4f"
    "\ua800-\ua8ff\ua900-\ua9df\uaa00-\uaadf\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefe]"
)
_EMOJI_NEIGHBOURS: Final = re.compile(
    "[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff#*0-9\u20e3]"
)
# The flag of a region such as Scotland: a black flag, its code in three to six tags, and the closing tag.
_FLAG_TAGS: Final = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
# Not assigned yet, and kept by Unicode for characters that nobody sees (Default_Ignorable_Code_Point).
_NEVER_SEEN: Final = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")


def refuse_control_characters(text: str, *, line_breaks: bool) -> None:
    """Raise `FieldRefused("invalid_character")` at a control character.

    `line_breaks` allows TAB, LF, CR and NEL, as the text of a comment may have them.
    """
    found = (_CONTROL if line_breaks else _ANY_CONTROL).search(text)
    if found:
        raise FieldRefused(
            "invalid_character",
            f"Character {found.start() + 1} (U+{ord(found[0]):04X}) is a control character; remove it.",
        )


def is_blank(text: str) -> bool:
    """Whether nothing in `text` can be seen: spaces, marks, and invisible characters only."""
    return not any(
        _is_new(character)
        if (category := unicodedata.category(character)) == "Cn"
        else category[0] in "LNPS" and character not in _BLANK_LETTERS
        for character in text
    )


def refuse_invisible_characters(text: str) -> None:
    """Raise `FieldRefused("name.invisible_character")` at a direction control or invisible character."""
    text = _FLAG_TAGS.sub(lambda flag: "\U0001f3f4" * len(flag[0]), text)
    for index, character in enumerate(text):
        if character in _JOINERS:
            if _joiner_belongs(text, index):
                continue
        elif (category := unicodedata.category(character)) not in {"Cf", "Co", "Cn", "Cs"} or (
            category == "Cn" and _is_new(character)
        ):
            continue
        raise FieldRefused(
            "name.invisible_character",
            f"Character {index + 1} (U+{ord(character):04X}) is invisible or changes the direction "
            "of the text; remove it.",
        )


def refuse_stacked_marks(text: str) -> None:
    """Raise `FieldRefused("name.too_many_marks")` at more marks on one letter than any script uses."""
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run > MAX_MARKS_PER_LETTER:
            raise FieldRefused("name.too_many_marks", "Too many accents are stacked on one letter.")


def _is_new(character: str) -> bool:
    """Whether a later Unicode may know this unassigned character as a letter, an ideograph or an emoji.

    People have such names, and phones send such emoji, years before every server knows them.
    """
    return ord(character) & 0xFFFE != 0xFFFE and not _NEVER_SEEN.match(character)


def _joiner_belongs(text: str, index: int) -> bool:
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    # After a virama a joiner spells another letter, at the end of a word too (RFC 5892, appendix A).
    if before and unicodedata.combining(before) == _VIRAMA_CLASS:
        return True
    return any(
        kind.match(before) is not None and kind.match(after) is not None
        for kind in (_JOINING_SCRIPTS, _EMOJI_NEIGHBOURS)
    )
