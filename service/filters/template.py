"""A template that was sent before it was filled in: `{Great|Nice} post`, `%name%`, `#file_links`."""

import re
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter

_LEFT_OPEN: Final = re.compile(
    # Every alternative begins with a sign, so that all other characters are skipped.
    r"\{(?<!\{\{)[^{}|=\n]{1,80}(?:\|[^{}|=\n]{0,80}){1,20}\}(?!\})"
    r"|%(?-i:[a-z]{2,20}(?:_[a-z]{1,20}){0,3})%"
    r"|#file_?\w{1,30}(?:\[[^\]]{0,60}\])?"
    r"|\{\{\s?(?:name|first_?name|url|link|keyword|domain|title|company|site)\s?\}\}"
    r"|\[(?:name|url|link|keyword|domain|first_?name|spin)\]|%%\w{2,30}%%",
    re.IGNORECASE,
)


@filter("template", weight=6.0, says="It holds a template that was not filled in, as programs send.")
def template(candidate: Candidate, _facts: Facts) -> Signal | None:
    """Speak when placeholders or alternatives were left in the text or the name."""
    spans = [
        Span(field, *match.span())
        for field, text in (("text", candidate.text), ("name", candidate.name))
        for match in _LEFT_OPEN.finditer(text)
    ]
    if not spans:
        return None
    return template.signal(1.0, spans=spans, evidence=[candidate.quote(span)[:60] for span in spans[:3]])
