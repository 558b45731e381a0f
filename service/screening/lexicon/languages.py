"""Which languages a text shows signs of: the small words that hardly anybody writes around."""

from collections.abc import Sequence
from typing import Final

from service.screening.candidate import Token
from service.screening.lexicon.lists import lists

_SHORT: Final = 6
_READ: Final = 200
_SITES: Final = {
    "ur": ("ur", "hi_latn"),
    "hi": ("hi_latn",),
    "pa": ("hi_latn", "ur"),
    "da": ("sv",),
    "nb": ("sv",),
    "ms": ("id",),
}


def languages_of(words: Sequence[str], site: str) -> frozenset[str]:
    """The languages whose own words count in this text, for a site in language `site`.

    A text shows a language by two of its function words, a short one by one. The site's own language
    counts unless the text shows others and not that.
    """
    needed = 1 if len(words) <= _SHORT else 2
    shown, read = set(), words[:_READ]
    for language, function_words in lists().function_words.items():
        if function_words and sum(map(function_words.__contains__, read)) >= needed:
            shown.add(language)
    own = _SITES.get(site, (site,))
    return frozenset(shown if shown else own)


def is_rather(language: str, tokens: Sequence[Token]) -> bool:
    """Whether a text has more small words of this language than of English, which most swearing is in."""
    read = [token.text for token in tokens[:_READ]]
    own, english = (lists().function_words[each] for each in (language, "en"))
    return sum(map(own.__contains__, read)) > sum(map(english.__contains__, read))
