"""Addresses: of pages (who a thread belongs to), of sites (origins), of authors (websites).

One strict reading for all three, in the spirit of RFC 3986: http or https, a DNS name with a dot (or
any local name for pages and origins, which the site's owner chose), no user name, no backslash, no
control characters. Host names become lower-case IDNA A-labels, so that a look-alike shows itself.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

import idna

from service.errors import FieldRefused

MAX_URL: Final = 2_083
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_FORBIDDEN: Final = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\\<>\"^`{|}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\s"
)
_TOP_LEVEL: Final = re.compile(r"xn--[a-z0-9-]{2,59}|[a-z]{2,63}")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PERCENT: Final = re.compile("%([0-9A-Fa-f]{2})?")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl"
    r"|unapproved|moderation-hash|replytocom"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A checked absolute URL in parts; `port` is None when it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def origin(self) -> str:
        """As in RFC 6454: scheme, host, and a port only when it is not the default."""
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return self.origin + self.path + (f"?{self.query}" if self.query else "")


def parse_website(raw: str) -> str:
    """An author's website as it will be shown, or `FieldRefused`; a bare `example.com` gets https."""
    text = _within_limit(raw.strip(" "), "website")
    if re.match(r"[\w-]+(\.[\w-]+)+([/?#:]|$)", text) and not re.match(r"[\w.-]+:(?!\d)", text):
        text = f"https://{text}"
    address, fragment = _parse(text, "website", local=False)
    return _within_limit(f"{address}#{fragment}" if fragment else str(address), "website")


def parse_page(raw: str) -> Address:
    """The canonical address of a page, or `FieldRefused`.

    What makes two addresses one page: scheme and host in lower case, the default port dropped, dot
    segments resolved, percent-encoding normalised (RFC 3986 section 6.2.2), the fragment dropped, and
    parameters that only track (utm_*, fbclid, gclid …) dropped. Other parameters stay, in their order.
    """
    return _parse_page(_within_limit(raw.strip(" "), "page"))


def parse_origin(raw: str) -> str:
    """An origin such as `https://news.example`, or `FieldRefused`."""
    address, _ = _parse(raw.strip(" "), "origin", local=True)
    if address.path != "/" or address.query:
        raise FieldRefused("origin.path", "Give the origin only, such as https://news.example.")
    return address.origin


# Asked for the same few articles again and again. Behind the limit on the length: the cache keeps its keys.
@lru_cache(maxsize=4096)
def _parse_page(text: str) -> Address:
    address, _ = _parse(text, "page", local=True)
    kept = (
        part for part in address.query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])
    )
    page = Address(address.scheme, address.host, address.port, address.path, "&".join(kept))
    _within_limit(str(page), "page")
    return page


def _within_limit(text: str, field: str) -> str:
    """Asked before and after parsing: percent-encoding makes a character up to twelve."""
    if len(text) > MAX_URL:
        raise FieldRefused(f"{field}.too_long", f"A web address may have {MAX_URL:,} characters, encoded.")
    return text


def _parse(text: str, field: str, *, local: bool) -> tuple[Address, str]:
    if not re.match(r"(?i)https?://", text):
        raise FieldRefused(f"{field}.scheme", "Use an address that starts with https:// or http://.")
    if _FORBIDDEN.search(text):
        raise FieldRefused(f"{field}.invalid", "The address holds a character that addresses cannot.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise FieldRefused(f"{field}.invalid", "This is not a web address.") from None
    if parts.username is not None or "@" in parts.netloc or port == 0:
        raise FieldRefused(f"{field}.invalid", "Use an address without a user name in it.")
    host = _host(parts, field, local=local)
    if port == _DEFAULT_PORTS[parts.scheme]:
        port = None
    path = _resolve_dots(_normalise_percent(parts.path)) or "/"
    query = _normalise_percent(parts.query)
    return Address(parts.scheme, host, port, path, query), _normalise_percent(parts.fragment)


def _host(parts: SplitResult, field: str, *, local: bool) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if local and (_LABEL.fullmatch(host) or _is_ip(host)):
        return f"[{host}]" if ":" in host else host
    try:
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        host = ""
    labels = host.split(".")
    named = len(labels) > 1 and len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
    if not named or not _TOP_LEVEL.fullmatch(labels[-1]):
        raise FieldRefused(f"{field}.host", "The address needs a full host name, such as example.com.")
    return host


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _normalise_percent(text: str) -> str:
    def decode(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return quote(_PERCENT.sub(decode, text), safe="%/:@!$&()*+,;=?~-._#[]")


def _resolve_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
