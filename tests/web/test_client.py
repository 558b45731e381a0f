"""Who is at the other end: forwarding headers count only where a trusted proxy wrote them."""

import ipaddress
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.settings import Network
from service.web.http.client import audited_network, browser, network_of, own_origin

PROXIES: tuple[Network, ...] = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "127.0.0.1/32", "fd00::/8")))


def a_scope(peer: str | None, *forwarded: str, **headers: str) -> dict[str, Any]:
    """A request from `peer`, with one X-Forwarded-For header for each value."""
    pairs = [("x-forwarded-for", value) for value in forwarded]
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
    return {
        "type": "http",
        "scheme": "http",
        "headers": raw,
        "client": (peer, 5000) if peer is not None else None,
    }


def test_a_peer_is_known_by_its_network() -> None:
    assert network_of(a_scope("203.0.113.77"), ()) == "203.0.113.0/24"
    assert network_of(a_scope("2001:db8:1:2:3:4:5:6"), ()) == "2001:db8:1:2::/64"


@given(st.ip_addresses(v=4))
def test_nobody_gets_another_bucket_by_claiming_an_address(claimed: ipaddress.IPv4Address) -> None:
    for trusted in ((), PROXIES):
        assert network_of(a_scope("203.0.113.77", str(claimed)), trusted) == "203.0.113.0/24"


@given(st.lists(st.ip_addresses(), max_size=6))
def test_behind_a_proxy_only_the_last_stranger_counts(claimed: list[ipaddress.IPv4Address]) -> None:
    chain = ", ".join([*map(str, claimed), "203.0.113.77", "10.1.2.3"])
    assert network_of(a_scope("10.0.0.1", chain), PROXIES) == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        (["203.0.113.77"], "203.0.113.0/24"),
        (["6.6.6.6, 203.0.113.77"], "203.0.113.0/24"),
        (["6.6.6.6", "203.0.113.77"], "203.0.113.0/24"),
        (["203.0.113.77, 10.0.0.9, 127.0.0.1"], "203.0.113.0/24"),
        (["  203.0.113.77  "], "203.0.113.0/24"),
        (["::ffff:203.0.113.77"], "203.0.113.0/24"),
        (["2001:db8::1"], "2001:db8::/64"),
        # Nobody but proxies: the one farthest away.
        (["10.0.0.9, 10.5.0.8"], "10.0.0.0/24"),
        # What does not parse ends the walk; the hop that handed it on stands for it.
        (["not-an-ip"], "10.0.0.0/24"),
        (["6.6.6.6, not-an-ip"], "10.0.0.0/24"),
        (["6.6.6.6, not-an-ip, 10.7.0.1"], "10.7.0.0/24"),
        (["6.6.6.6,"], "10.0.0.0/24"),
        ([""], "10.0.0.0/24"),
        (["203.0.113.77:4711"], "10.0.0.0/24"),
        (["<script>"], "10.0.0.0/24"),
        (["1.2.3"], "10.0.0.0/24"),
        (["203.0.113.077"], "10.0.0.0/24"),
        ([], "10.0.0.0/24"),
    ],
)
def test_a_trusted_proxys_word_is_read_from_the_right(forwarded: list[str], network: str) -> None:
    assert network_of(a_scope("10.0.0.1", *forwarded), PROXIES) == network


def test_a_proxy_that_speaks_ipv6_to_us_is_known_by_its_mapped_address() -> None:
    assert network_of(a_scope("::ffff:10.0.0.1", "203.0.113.77"), PROXIES) == "203.0.113.0/24"
    assert network_of(a_scope("fd00::1", "203.0.113.77"), PROXIES) == "203.0.113.0/24"
    assert network_of(a_scope("::ffff:203.0.113.77"), ()) == "203.0.113.0/24"


def test_a_thousand_hops_are_walked_quickly() -> None:
    began = time.process_time()
    assert network_of(a_scope("10.0.0.1", ", ".join(["6.6.6.6"] * 1_000)), PROXIES) == "6.6.6.0/24"
    assert network_of(a_scope("10.0.0.1", ", ".join(["10.2.3.4"] * 1_000)), PROXIES) == "10.2.3.0/24"
    assert time.process_time() - began < 0.1


def test_a_thousand_addresses_of_one_household_are_one_bucket() -> None:
    assert len({network_of(a_scope(f"2001:db8:1:2::{i:x}"), ()) for i in range(1_000)}) == 1
    assert len({network_of(a_scope(f"2001:db8:1:{i:x}::1"), ()) for i in range(10)}) == 10


@pytest.mark.parametrize("peer", [None, "", "unix:", "testclient", "not-an-ip"])
def test_a_strange_peer_has_a_bucket_too_and_is_not_trusted(peer: str | None) -> None:
    assert network_of(a_scope(peer, "203.0.113.77"), PROXIES) == "unknown"


def test_a_zone_does_not_break_anything() -> None:
    assert network_of(a_scope("fe80::1%eth0"), ()) == "fe80::/64"


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_header_makes_it_fail(value: str) -> None:
    assert "/" in network_of(a_scope("10.0.0.1", value), PROXIES)


def test_our_own_origin_is_the_host_that_was_asked() -> None:
    assert (
        own_origin(a_scope("203.0.113.77", host="Comments.Example:8080"), (), None)
        == "http://comments.example:8080"
    )


def test_a_public_address_in_the_settings_goes_before_everything() -> None:
    scope = a_scope("10.0.0.1", host="evil.example", x_forwarded_proto="http")
    assert own_origin(scope, PROXIES, "https://comments.example") == "https://comments.example"


@pytest.mark.parametrize(
    ("peer", "claimed", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS", "https"),
        ("10.0.0.1", "http", "http"),
        ("10.0.0.1", "javascript", "http"),
        ("10.0.0.1", "", "http"),
        ("203.0.113.77", "https", "http"),
        ("unix:", "https", "http"),
    ],
)
def test_the_scheme_is_believed_from_a_proxy_only(peer: str, claimed: str, scheme: str) -> None:
    scope = a_scope(peer, host="comments.example", x_forwarded_proto=claimed)
    assert own_origin(scope, PROXIES, None) == f"{scheme}://comments.example"


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("pipe", None),
        (None, None),
    ],
)
def test_the_trail_knows_a_peer_by_a_wider_network(peer: str | None, network: str | None) -> None:
    assert audited_network(a_scope(peer), ()) == network


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.5.0", ""),
        ("<script>" * 1000, ""),
    ],
)
def test_a_browser_is_told_in_two_words_and_none_of_its_own(agent: str, told: str) -> None:
    assert browser(agent) == told
