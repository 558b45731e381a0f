"""Which languages a text shows signs of: the small words that hardly anybody writes around."""

from collections.abc import Sequence
from typing import Final

from service.screening.lexicon.lists import lists

_SHORT: Final = 6
_SITES: Final = {"ur": ("ur", "hi_latn"), "hi": ("hi_latn",), "pa": ("hi_latn", "ur")}


def languages_of(words: Sequence[str], site: str) -> frozenset[str]:
    """The languages whose own words count in this text, for a site in language `site`.

    A text shows a language by two of its function words, a short one by one. The site's own language
    counts unless the text shows others and not that.
    """
    needed = 1 if len(words) <= _SHORT else 2
    shown, read = set(), words[:200]
    for language, function_words in lists().function_words.items():
        if function_words and sum(map(function_words.__contains__, read)) >= needed:
            shown.add(language)
    own = _SITES.get(site, (site,))
    return frozenset(shown if shown else own)
