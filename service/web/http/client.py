"""Who is at the other end of the connection, and under which address they reached us.

Forwarding headers are believed from configured proxies only, read from the right; what does not parse
falls back to the peer itself.
"""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

from starlette.datastructures import Headers
from starlette.types import Scope

from service.settings import Network

IPAddress: TypeAlias = IPv4Address | IPv6Address
# In this order: browsers name those that they descend from as well.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def network_of(scope: Scope, trusted: Sequence[Network]) -> str:
    """The client's network for the limits: /24 of IPv4, /64 of IPv6, "unknown" for a strange peer."""
    address = _client(scope, trusted)
    if address is None:
        return "unknown"
    return _network(address)


def audited_network(scope: Scope, trusted: Sequence[Network]) -> str | None:
    """The client's network as the audit trail and the list of sessions tell it: /24 of IPv4, /48 of IPv6."""
    address = _client(scope, trusted)
    return None if address is None else _network(address, 48)


def browser(agent: str) -> str:
    """Browser and system in a word each, as the `User-Agent` tells them, for people to know them again."""
    kind = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (kind, system)))


def own_origin(scope: Scope, trusted: Sequence[Network], public_url: str | None) -> str:
    """The origin under which the browser knows us, e.g. `https://comments.example`."""
    if public_url:
        return public_url
    scheme = scope["scheme"]
    if trusted and _is_trusted(_peer(scope), trusted):
        forwarded = Headers(scope=scope).get("x-forwarded-proto", "").lower()
        scheme = forwarded if forwarded in {"http", "https"} else scheme
    return f"{scheme}://{Headers(scope=scope).get('host', '').lower()}"


def _client(scope: Scope, trusted: Sequence[Network]) -> IPAddress | None:
    address = _peer(scope)
    if not trusted:
        return address
    hops = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while _is_trusted(address, trusted) and hops:
        hop = _parse(hops.pop())
        if hop is None:
            break
        address = hop
    return address


def _peer(scope: Scope) -> IPAddress | None:
    return _parse(scope["client"][0]) if scope.get("client") else None


@lru_cache(maxsize=1024)
def _network(address: IPAddress, prefix_of_6: int = 64) -> str:
    prefix = 24 if address.version == 4 else prefix_of_6
    return str(ipaddress.ip_network((address, prefix), strict=False))


@lru_cache(maxsize=1024)
def _parse(text: str) -> IPAddress | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: IPAddress | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)
