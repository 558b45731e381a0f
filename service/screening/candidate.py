"""A candidate: a submission made ready for the filters, once, so that no filter has to read it anew."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, repeat
from operator import attrgetter
from typing import Final, NamedTuple

from service.model.screenings import Span
from service.model.submissions import MAX_TEXT
from service.model.terms import TermKind
from service.screening.folding import Folded, fold
from service.screening.links import Link, find_links, host_of
from service.screening.terms import NO_TERMS, TermHit, Terms, blocked

# Everything but spaces and punctuation is part of a word, marks included: `\w` would cut words of Indic
# scripts at their vowel signs. Inside a word @ $ * ! may stand for letters.
_GAPS: Final = (
    r"\s\x00-\x1f\"#%&'()+,\-./:;<=>?\[\\\]^_`{|}~\x7f-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf×÷"
    r"\u02c2-\u02df\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4"
    r"\u0964\u0965\u1680\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3007-\u3020"
    r"\u3030-\u303f\u30fb\ufe10-\ufe6f\uff00-\uff0f\uff5f-\uff65\U0001f000-\U0001faff"
)
# Captured, so that splitting a text by it gives what lies between the words, and the words.
_TOKEN: Final = re.compile(rf"([^{_GAPS}*!](?:[^{_GAPS}]*[^{_GAPS}*!])?)")

_AT_A_HOST: Final = re.compile(r"@[\w-]{1,63}\.")
_ADDRESS: Final = re.compile(rf"[^\s@<>()]{{1,64}}+{_AT_A_HOST.pattern}[\w.-]{{1,253}}")


class Words(NamedTuple):
    """What a person wrote: all that a candidate is made of."""

    text: str
    name: str
    website: str | None


class Token(NamedTuple):
    """A word as it looks (folded), and where it stands in what was sent."""

    text: str
    field: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The place of the word."""
        return Span(self.field, self.start, self.end)


# Thousands are made of a long text, and without a call in Python for each it takes a tenth of the time.
_token: Final = partial(tuple.__new__, Token)
_PLACE: Final = attrgetter("field", "start")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What filters look at: the fields as sent, and what was read out of them.

    `tokens` are the words of the name, the text and the website's host, in this order, and `readable` those
    outside of links and e-mail addresses: there they spell names and paths, not opinions. `truncated` says
    that the text was too long to be read to its end. `blocked` is where the site's own terms speak against
    it, `allowed` where they silence the filters that look for words.
    """

    name: str
    website: str | None
    text: str
    folded_name: Folded
    folded_text: Folded
    tokens: Sequence[Token]
    readable: Sequence[Token]
    links: Sequence[Link]
    truncated: bool
    blocked: Sequence[TermHit] = ()
    allowed: Sequence[Span] = ()

    def quote(self, span: Span) -> str:
        """The words of the author at this place."""
        fields = {"name": self.name, "text": self.text, "website": self.website or ""}
        return fields[span.field][span.start : span.end]


def prepare(text: str, *, name: str = "", website: str | None = None, terms: Terms = NO_TERMS) -> Candidate:
    """Read a submission: fold it, cut it into words, and find its links. Pure, linear, and never raises."""
    read = text[:MAX_TEXT]
    folded_name = fold(name)
    body = fold(read)
    hits = terms.find_all(name=folded_name, text=body, website=fold(website or ""))
    tokens = (*_tokens(folded_name, "name"), *_tokens(body, "text"), *_host_tokens(website))
    links = (*find_links(name, "name"), *find_links(read, "text"))
    return Candidate(
        name=name,
        website=website,
        text=text,
        folded_name=folded_name,
        folded_text=body,
        tokens=tokens,
        readable=_outside(tokens, [*(link.span for link in links), *_addresses(text)]),
        links=links,
        truncated=body.truncated or folded_name.truncated or len(read) < len(text),
        blocked=blocked(hits),
        allowed=[hit.span for hit in hits if hit.term.kind is TermKind.ALLOW],
    )


def words(text: str) -> Sequence[str]:
    """The words of a folded text, for whoever compares a list with tokens."""
    return _TOKEN.findall(text)


def _tokens(folded: Folded, field: str) -> Iterator[Token]:
    pieces = _TOKEN.split(folded.text)
    edges = [*accumulate(map(len, pieces))]
    words, (starts, ends) = pieces[1::2], folded.origins(edges[:-1:2], edges[1::2])
    return map(_token, zip(words, repeat(field), starts, ends, strict=False))


def _addresses(text: str) -> Iterator[Span]:
    if _AT_A_HOST.search(text):
        yield from (Span("text", *match.span()) for match in _ADDRESS.finditer(text))


def _outside(tokens: Sequence[Token], places: Sequence[Span]) -> Sequence[Token]:
    """The words that begin in none of these places; fields come in the order of their names."""
    if not places:
        return tokens
    left, done = list[Token](), 0
    for place in sorted(places, key=_PLACE):
        first = bisect_left(tokens, (place.field, place.start), done, key=_PLACE)
        left += tokens[done:first]
        done = bisect_left(tokens, (place.field, place.end), first, key=_PLACE)
    return [*left, *tokens[done:]]


def _host_tokens(website: str | None) -> Iterator[Token]:
    host = host_of(website) if website else ""
    start = website.lower().find(host) if website and host else -1
    if start < 0:
        return
    for match in _TOKEN.finditer(host):
        yield Token(match[0], "website", start + match.start(), start + match.end())
