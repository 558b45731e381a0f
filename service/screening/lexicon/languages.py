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

    A text shows a language by two of its function words, a short one by one; relatives, which share some, by
    half as many as the one it shows best. English stands beside any other. The site's own language counts
    unless the text shows others and not that.
    """
    needed = 1 if len(words) <= _SHORT else 2
    read = {*words[:_READ]}
    counts = {
        language: len(function_words & read) for language, function_words in lists().function_words.items()
    }
    most = max(count for language, count in counts.items() if language != "en")
    shown = {language for language, count in counts.items() if count >= max(needed, most / 2)}
    own = _SITES.get(site, (site,))
    return frozenset(shown if shown else own)


def is_rather(language: str, tokens: Sequence[Token], site: str = "") -> bool:
    """Whether a text shows this language best, by its small words; most swearing is in English.

    Where it shows English as well, it is in the language of the site, if that is known.
    """
    read = {token.text for token in tokens[:_READ] if token.field == "text"}
    counts = {each: len(words & read) for each, words in lists().function_words.items()}
    own, english = counts[language], counts.pop("en")
    if own < max(counts.values()):
        return False
    return own > english or (own == english and language in _SITES.get(site, (site,)))
