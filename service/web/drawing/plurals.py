"""Which form of a sentence goes with a whole number, by the rules of the CLDR.

Only the languages of the catalogues are here; a browser test compares this table with `Intl.PluralRules`.
"""

from collections.abc import Callable, Mapping
from typing import Final

MILLION: Final = 1_000_000
ONE_AND_OTHER: Final = ("one", "other")
ONE_MANY_AND_OTHER: Final = ("one", "many", "other")
# The forms that a language has, as i18next writes them after the key.
FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ONE_AND_OTHER,
    "ur": ONE_AND_OTHER,
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "fa": ONE_AND_OTHER,
    "hi": ONE_AND_OTHER,
    "de": ONE_AND_OTHER,
    "fr": ONE_MANY_AND_OTHER,
    "es": ONE_MANY_AND_OTHER,
    "pt-BR": ONE_MANY_AND_OTHER,
    # The last is for fractions, which no whole number comes to.
    "ru": ("one", "few", "many", "other"),
    "zh-Hans": ("other",),
    "ja": ("other",),
}


def form(lang: str, number: int) -> str:
    """The form for `number`, 0 or more, in a language of `FORMS`."""
    return _RULES.get(lang, _one_is_one)(number)


def _one_is_one(number: int) -> str:
    return "one" if number == 1 else "other"


def _none_is_one(number: int) -> str:
    return "one" if number < 2 else "other"


def _always_other(_number: int) -> str:
    return "other"


def _spanish(number: int) -> str:
    return "many" if _whole_millions(number) else _one_is_one(number)


def _french(number: int) -> str:
    return "many" if _whole_millions(number) else _none_is_one(number)


def _whole_millions(number: int) -> bool:
    return number > 0 and number % MILLION == 0


def _arabic(number: int) -> str:
    if number < 3:
        return FORMS["ar"][number]
    rest = number % 100
    if rest < 3:
        return "other"
    return "few" if rest <= 10 else "many"


def _russian(number: int) -> str:
    last, teens = number % 10, 11 <= number % 100 <= 14
    if last == 1 and not teens:
        return "one"
    return "few" if 2 <= last <= 4 and not teens else "many"


_RULES: Final[Mapping[str, Callable[[int], str]]] = {
    "ar": _arabic,
    "fa": _none_is_one,
    "hi": _none_is_one,
    "fr": _french,
    "es": _spanish,
    "pt-BR": _french,
    "ru": _russian,
    "zh-Hans": _always_other,
    "ja": _always_other,
}
