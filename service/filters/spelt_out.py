"""Addresses written so that programs do not see them: `example dot com`, `hxxp://`, `example[.]com`."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.lexicon.languages import is_rather

_ENDS: Final = "com|net|org|info|biz|shop|store|online|site|club|top|xyz"
# In brackets a dot is a dot, whatever follows; by itself, "point" and "dot" are words, and `in` and `de` too.
_SPELT: Final = re.compile(
    rf"(?<![\w-])(?:[\w-]{{2,40}}+\s?(?:[\[({{]\s?(?:\.|dot|punto|punkt|point)\s?[\])}}]\s?[a-z]{{2,12}}"
    rf"|\s(?:dot|d0t)\s(?:{_ENDS})|\s(?:punto|punkt|point|ponto|tochka)\s(?:com|net|org)"
    r"|(?P<word>(?:\s?,|\s,\s|\s\.\s?|\.\s)(?:com|net|org)))(?!\w)"
    r"|(?:w\s?){3}\s\.?\s?[\w-]{2,40}\s\.?\s?(?:com|net|org)|w-w-w(?!\w))"
    r"|hxxps?://\S{3,200}|h\s?t\s?t\s?p\s?s?\s?:\s?/\s?/\s\S{3,80}"
)
# What every such address holds. A pattern that can only begin with a few characters skips all others, hence
# signs and letters apart.
_WORTH_A_LOOK: Final = (
    re.compile(
        r"[.,\[({](?:(?:(?<=\s\.)|(?<=,)|(?=\s))\s?(?:com|net|org)(?!\w)"
        r"|\s?(?:\.|dot|punto|punkt|point)\s?[\])}])"
    ),
    re.compile(
        rf"d[o0]t\s(?:{_ENDS})|punto\s|punkt\s|point\s(?:com|net|org)|ponto\s|tochka\s"
        r"|hxxp|h\s?t\s?t\s?p\s?s?\s?:\s?/\s?/\s|w\s?w\s?w\s|w-w-w"
    ),
)


# Languages in which `com` and `net` are words that a comma or a full stop may stand before.
_WITH: Final = ("pt", "nl")


@filter("spelt_out", weight=3.5, says="It spells out a web address so that programs do not see it.")
def spelt_out(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when an address was taken apart; nobody does that to quote a source."""
    spans = [
        Span(field, *folded.origin(*match.span()))
        for field, folded in (("text", candidate.folded_text), ("name", candidate.folded_name))
        if any(sign.search(folded.text) for sign in _WORTH_A_LOOK)
        for match in _SPELT.finditer(folded.text)
        if not (match["word"] and _is_a_word(candidate))
    ]
    return spelt_out.signal(min(1.0, 0.75 + 0.15 * len(spans)), spans=spans) if spans else None


def _is_a_word(candidate: Candidate) -> bool:
    """Whether what looks like the end of an address is a word of the text's own language."""
    others = [token for token in candidate.readable if token.text not in {"com", "net"}]
    return any(is_rather(language, others) for language in _WITH)
