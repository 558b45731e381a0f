"""Links as a reader would see them: addresses with a scheme, `www.` names, and bare domains.

They are sought in the text as it was written, because a browser opens what is written. The pattern tries
only at the start of a name and looks at a bounded number of labels, so that its cost is linear.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from service.model.screenings import Span

MAX_LINKS: Final = 64

# A bare name counts as a link if it ends in one of these: the large ones, countries, and those that
# spammers favour. Ends that are also English words ("the end.In the") need a path or a third label.
_ENDS: Final = (
    "com|net|org|info|biz|edu|gov|mobi|name|pro|xyz|top|shop|site|online|store|club|icu|live|life|world|"
    "vip|win|bet|casino|loan|click|link|space|website|tech|app|dev|blog|news|cloud|digital|agency|media|"
    "example|uk|de|fr|es|nl|ru|ua|pl|cz|pk|cn|jp|kr|br|ar|mx|au|nz|ca|za|ng|ke|tr|ir|sa|ae|ch|se|dk|fi|"
    "gr|hu|ro|bg|pt|ie|eu|io|co|cc|tv|ws|ly|gg|gl|tk|ml|ga|cf|gq|pw|su|sh|vn|th|ph|sg|hk|tw|bd|lk|np"
)
_WORDLIKE_ENDS: Final = "in|it|is|me|to|so|no|my|at|be|am|as|by|us|do|id|ai|fm|la"
_LABEL: Final = r"[^\W_](?:[\w-]{0,62})"
_LINK: Final = re.compile(
    rf"""(?xi: (?<![\w@.\-])
    (?: https?://[^\s<>"]+
      | www\.[^\s<>"]+
      | (?:{_LABEL}\.){{1,8}} (?-i: (?:{_ENDS}|{_ENDS.upper()}) ) (?![\w@\-]|\.\w) (?:[/?\#:][^\s<>"]*)?
      | (?:{_LABEL}\.){{1,8}} (?-i: {_WORDLIKE_ENDS} ) /[^\s<>"]+
      | (?:{_LABEL}\.){{2,8}} (?-i: {_WORDLIKE_ENDS} ) (?![\w@\-]|\.\w)
    ))"""
)
_WORTH_A_LOOK: Final = re.compile(r"://|\w\.\w")
_MARKUP: Final = re.compile(r"(?i)<a\s[^<>]{0,200}href|\[(?:url|link)[\]=]")
_HOST: Final = re.compile(r"[\w.-]+")
_CLOSING: Final = ".,;:!?…'\"’”»)]}*_"


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it stands, and the host it leads to, in lower case."""

    span: Span
    host: str


class HasLinks(Protocol):
    """Whatever knows its links."""

    @property
    def links(self) -> Sequence[Link]:
        """The links that were found in it."""


def find_links(text: str, field: str) -> Sequence[Link]:
    """The links in a text, at most `MAX_LINKS`."""
    if not _WORTH_A_LOOK.search(text):
        return ()
    found = []
    for match in _LINK.finditer(text):
        written = match[0].rstrip(_CLOSING)
        host = host_of(written)
        if "." in host:
            found.append(Link(Span(field, match.start(), match.start() + len(written)), host))
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def foreign_links(candidate: HasLinks, own_hosts: frozenset[str]) -> Sequence[Link]:
    """The links that lead away from a site with these hosts."""
    own = {host.removeprefix("www.") for host in own_hosts if host}
    return [link for link in candidate.links if not _is_own(link.host, own)]


def has_link_markup(text: str) -> bool:
    """Whether the text tries to make links by HTML or BBCode, which only programs do."""
    return _MARKUP.search(text) is not None


def host_of(address: str) -> str:
    """The host of an address with or without a scheme; empty if there is none to be read."""
    if "://" not in address[:8]:
        address = f"//{address}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    named = _HOST.match(host[:253])
    host = named[0].strip(".") if named else ""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _is_own(host: str, own: set[str]) -> bool:
    host = host.removeprefix("www.")
    return host in own or any(host.endswith(f".{each}") for each in own)
