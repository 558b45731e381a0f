"""Addresses written so that programs do not see them: `example dot com`, `hxxp://`, `example[.]com`."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

_SPELT: Final = re.compile(
    r"(?<!\w)[\w-]{2,40}\s?(?:\[\s?\.\s?\]|\(\s?\.\s?\)|\{\.\}|[\[(]\s?dot\s?[\])]|\sdot\s|\spunto\s|\spunkt\s|\spoint\s|"
    r"\s?,\s?(?=com\b)|\s\.\s)\s?(?:com|net|org|info|biz|shop|store|online|site|top|xyz|de|es|fr|pk|in|co|io|ru)(?!\w)"
    r"|hxxps?://\S{3,200}|h\s?t\s?t\s?p\s?s?\s?:\s?/\s?/\s\S{3,80}|(?<!\w)www\s\.?\s?[\w-]{2,40}\s\.?\s?(?:com|net|org)"
)


@filter("spelt_out", weight=3.0, says="It spells out a web address so that programs do not see it.")
def spelt_out(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when an address was taken apart; nobody does that to quote a source."""
    spans = [
        Span(field, *folded.origin(*match.span()))
        for field, folded in (("text", candidate.folded_text), ("name", candidate.folded_name))
        for match in _SPELT.finditer(folded.text)
    ]
    return spelt_out.signal(min(1.0, 0.6 + 0.2 * len(spans)), spans=spans) if spans else None
