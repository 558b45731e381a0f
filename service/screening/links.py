"""Links as a reader would see them: addresses with a scheme, `www.` names, and bare domains.

They are sought in the text as it was written, because a browser opens what is written. The pattern tries
only at the start of a name and looks at a bounded number of labels, so that its cost is linear.
"""

import re
from collections.abc import Iterator, Sequence
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
    "fun|health|bid|buzz|work|date|cam|stream|trade|cyou|sbs|lol|monster|panel|pics|games|asia|today|gg|"
    "gr|hu|ro|bg|pt|ie|eu|io|co|cc|tv|ws|ly|gl|tk|ml|ga|cf|gq|pw|su|sh|vn|th|ph|sg|hk|tw|bd|lk|np|"
    "рф|рус|бел|укр|қаз|мкд|срб|онлайн|москва|орг|ελ|中国|中國|公司|网络|网站|在线|商城|香港|台湾|みんな|"
    "한국|닷컴|भारत|پاکستان|بھارت|ایران|السعودية|امارات|موقع|شبكة"
)
_WORDLIKE_ENDS: Final = "in|it|is|me|to|so|no|my|at|be|am|as|by|us|do|id|ai|fm|la"
_LABEL: Final = r"[^\W_][\w-]{0,62}+"
_LINK: Final = re.compile(
    rf"""(?xi: (?<![\w@.\-]) (?=\w[\w-]*+[.:])
    (?: https?://[^\s<>"\[\]]+
      | www\.[^\s<>"\[\]]+
      | (?:{_LABEL}\.){{1,8}} (?-i: (?:{_ENDS}|{_ENDS.upper()}) ) (?![\w@\-]|\.\w) (?:[/?\#:][^\s<>"]*)?
      | (?:{_LABEL}\.){{1,8}} (?-i: {_WORDLIKE_ENDS} ) /[^\s<>"]+
      | (?:{_LABEL}\.){{2,8}} (?-i: {_WORDLIKE_ENDS} ) (?![\w@\-]|\.\w)
    ))"""
)
_SPACE: Final = re.compile(r"\s")
_WORTH_A_LOOK: Final = re.compile(r"://|\.(?<=[\w.\-]\.)[\w\-]")
_MARKUP: Final = re.compile(r"(?i)<a\s[^<>]{0,200}href|\[(?:url|link)[\]=]|\[[^\[\]\n]{1,80}\]\(https?://")
# Services that shorten addresses; whoever gives a source gives it plainly.
_SHORTENER: Final = re.compile(
    r"(?:bit|cutt|ow|t|adf|bl)\.ly|tinyurl\.com|(?:is|v|soo)\.gd|rb\.gy|shorturl\.at|shrinke\.me|bc\.vc|ouo\.io|s\.id|goo\.su"
    r"|linktr\.ee|lnk\.bio|tiny\.cc|rebrand\.ly|clck\.ru|vk\.cc|shorte\.st|linkvertise\.com|bl\.ink"
)
# Ends that cost next to nothing for the first year, or say that they sell.
_CHEAP_END: Final = re.compile(
    r"\.(?:top|xyz|win|bet|casino|click|loan|shop|store|online|site|icu|vip|club|live|space|fun|buzz|bid|cam|date|cyou"
    r"|sbs|lol|monster|stream|trade|life|work|link|pics|su|tk|ml|ga|cf|gq|pw)$"
)
_BARE_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
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
    found: list[Link] = []
    for match in _addresses(text):
        written = match[0].rstrip(_CLOSING)
        host = host_of(written)
        if "." in host:
            found.append(Link(Span(field, match.start(), match.start() + len(written)), host))
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def _addresses(text: str) -> Iterator[re.Match[str]]:
    """What may be links, sought between two spaces with what every link holds."""
    end = 0
    for sign in _WORTH_A_LOOK.finditer(text):
        if sign.start() >= end:
            start = max(end, *(text.rfind(space, end, sign.start()) for space in " \n"))
            space = _SPACE.search(text, sign.end())
            end = space.start() if space else len(text)
            yield from _LINK.finditer(text, start, end)


def foreign_links(candidate: HasLinks, own_hosts: frozenset[str]) -> Sequence[Link]:
    """The links that lead away from a site with these hosts."""
    own = {host.removeprefix("www.") for host in own_hosts if host}
    return [link for link in candidate.links if not _is_own(link.host, own)]


def has_link_markup(text: str) -> bool:
    """Whether the text tries to make links by HTML or BBCode, which only programs do."""
    return _MARKUP.search(text) is not None


def hides_where_it_leads(host: str) -> bool:
    """Whether a host does not say where it leads: a shortener, a bare number, or letters in disguise."""
    bare = host.removeprefix("www.")
    return "xn--" in bare or any(each.fullmatch(bare) for each in (_SHORTENER, _BARE_NUMBER))


def has_cheap_end(host: str) -> bool:
    """Whether a host ends in what those like who need many addresses for a short time."""
    return _CHEAP_END.search(host) is not None


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
