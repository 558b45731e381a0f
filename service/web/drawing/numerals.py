"""How a whole number is written: digits and their grouping, by the CLDR.

Only the languages of the catalogues are here; a browser test compares this with `Intl.NumberFormat`.
"""

import re
from collections.abc import Mapping
from typing import Final

_THOUSANDS: Final = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
# Thousands, and then hundreds of them: lakh and crore.
_LAKHS: Final = re.compile(r"(?<=\d)(?=(?:\d\d)*\d{3}$)")
# Spaces that no line is broken at; the French one is narrow.
_SEPARATORS: Final[Mapping[str, str]] = {
    "fa": "٬",
    "de": ".",
    "fr": "\u202f",
    "es": ".",
    "pt-BR": ".",
    "ru": "\u00a0",
}
_PERSIAN: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def written(lang: str, number: int) -> str:
    """The number, 0 or more, as it stands in a sentence of a catalogue's language."""
    digits = str(number)
    # Spanish leaves four digits together.
    if lang != "es" or len(digits) > 4:
        groups = _LAKHS if lang == "hi" else _THOUSANDS
        digits = groups.sub(_SEPARATORS.get(lang, ","), digits)
    return digits.translate(_PERSIAN) if lang == "fa" else digits
