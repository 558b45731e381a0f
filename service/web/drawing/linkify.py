"""From a comment's plain text to HTML: escaped, with its http(s) addresses made into links.

The text stays plain text; only here, when it is shown, do addresses become links. Every step looks at
each character a bounded number of times, so that no text can be slow to show.
"""

import re
from typing import Final

from markupsafe import Markup, escape

from service.errors import FieldRefused
from service.model.urls import parse_website

REL: Final = "nofollow ugc noopener noreferrer"
MAX_LINKS: Final = 64

_ADDRESS: Final = re.compile(r"(?i)(?<![\w@])https?://[^\s<>\"“”«»]+")
_PUNCTUATION: Final = frozenset(".,;:!?…'’”»]}*_،؛؟۔。、)")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_BREAK: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_GAP: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_LINK: Final = Markup('<a href="{}" rel="{}" target="_top">{}</a>')


def paragraphs(text: str) -> list[Markup]:
    """The text as `linkify` makes it, in paragraphs; single line breaks stay inside them."""
    # No tag made here holds a line break, so none is torn apart.
    return linkify(text).split("\n\n")


def linkify(text: str) -> Markup:
    """The text as safe HTML. Its first `MAX_LINKS` addresses are links; the others stay text."""
    text = _tidy(text)
    parts: list[str] = []
    done = links = 0
    for match in _ADDRESS.finditer(text):
        written = _without_closing(match[0])
        target = _target(written)
        if target is None:
            continue
        parts += escape(text[done : match.start()]), _LINK.format(target, REL, written)
        done = match.start() + len(written)
        links += 1
        if links == MAX_LINKS:
            break
    parts.append(escape(text[done:]))
    return Markup("").join(parts)


def _tidy(text: str) -> str:
    """Without what would disturb the page around it: direction overrides, and gaps of many empty lines."""
    text = _LINE_BREAK.sub("\n", _DIRECTION.sub("", text))
    return _GAP.sub("\n\n", text).strip()


def _without_closing(address: str) -> str:
    """An address without the punctuation of the sentence around it; `(…)` inside it stays."""
    unmatched = address.count(")") - address.count("(")
    end = len(address)
    while end and address[end - 1] in _PUNCTUATION:
        if address[end - 1] == ")":
            if unmatched <= 0:
                break
            unmatched -= 1
        end -= 1
    return address[:end]


def _target(address: str) -> str | None:
    """Where a link would lead, by the same strict reading as an author's website."""
    try:
        return parse_website(address)
    except FieldRefused:
        return None
