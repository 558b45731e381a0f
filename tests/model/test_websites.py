"""An author's website: shown to readers as a link, so nothing but a plain web address will do."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldRefused
from service.model.urls import MAX_URL, parse_website


def refusal(raw: str) -> str:
    with pytest.raises(FieldRefused) as caught:
        parse_website(raw)
    assert caught.value.detail.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("https://example.com", "https://example.com/"),
        ("  https://example.com/a  ", "https://example.com/a"),
        ("HTTP://EXAMPLE.COM/Path", "http://example.com/Path"),
        ("example.com", "https://example.com/"),
        ("www.example.com/~ana?x=1#top", "https://www.example.com/~ana?x=1#top"),
        ("example.com:8080", "https://example.com:8080/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:443", "http://example.com:443/"),
        ("http://example.com.", "http://example.com/"),
        ("https://bücher.example/ü?ü#ü", "https://xn--bcher-kva.example/%C3%BC?%C3%BC#%C3%BC"),
        ("例え.jp", "https://xn--r8jz45g.jp/"),
        ("https://उदाहरण.भारत/", "https://xn--p1b6ci4b4b3a.xn--h2brj9c/"),
        ("http://Ⅷ.example", "http://viii.example/"),
        ("http://example。com", "http://example.com/"),
        ("http://example.com/#@evil.example", "http://example.com/#@evil.example"),
        ("http://example.com/%", "http://example.com/%25"),
        ("https://example.com/?utm_source=kept", "https://example.com/?utm_source=kept"),
    ],
)
def test_a_web_address_is_shown_in_one_plain_form(raw: str, shown: str) -> None:
    assert parse_website(raw) == shown


def test_a_look_alike_shows_itself() -> None:
    assert parse_website("http://аpple.com") == "http://xn--pple-43d.com/"


def test_no_attribute_can_be_left_through_a_web_address() -> None:
    assert parse_website("http://a.example/'onmouseover='alert(1)") == (
        "http://a.example/%27onmouseover=%27alert(1)"
    )
    assert refusal("http://a.b/'onmouseover='alert(1)") == "website.host"
    for mark in '"<>`{}|^\\':
        assert refusal(f"http://a.example/{mark}x") == "website.invalid"


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "JaVa\tScRiPt:alert(1)",
        "\tjavascript:alert(1)",
        "javascript.example:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "blob:https://example.com/1",
        "file:///etc/passwd",
        "ftp://example.com/",
        "mailto:a@example.com",
        "a@example.com",
        "//example.com",
        "/path",
        "https:example.com",
        "https:/example.com",
        "\u200bhttps://example.com",
        "\nhttps://example.com",
        "nonsense",
        "",
        "   ",
    ],
    ids=ascii,
)
def test_only_http_and_https_are_schemes(raw: str) -> None:
    assert refusal(raw) == "website.scheme"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("http://user:pw@example.com", "website.invalid"),
        ("http://user@example.com", "website.invalid"),
        ("http://@example.com", "website.invalid"),
        ("http://example.com%2f@evil.example", "website.invalid"),
        ("http://evil.example\\@good.example", "website.invalid"),
        ("http://evil.example\n", "website.invalid"),
        ("http://evil.example/a b", "website.invalid"),
        ("http://soft\u00adhyphen.example", "website.invalid"),
        ("http://а\u200bpple.com", "website.invalid"),
        ("http://a.example/\u202egpj.exe", "website.invalid"),
        ("http://a.example:99999/", "website.invalid"),
        ("http://a.example:0/", "website.invalid"),
        ("http://a.example:-1/", "website.invalid"),
        ("http://a.example:80a/", "website.invalid"),
        ("http://a.example:８０/", "website.invalid"),
        ("http://[::1", "website.invalid"),
        ("http://", "website.host"),
        ("https:///a.example", "website.host"),
        ("http://a", "website.host"),
        ("http://localhost/", "website.host"),
        ("http://1", "website.host"),
        ("http://127.1", "website.host"),
        ("http://127.0.0.1", "website.host"),
        ("http://１２７.０.０.１", "website.host"),
        ("http://0x7f.1", "website.host"),
        ("http://2130706433", "website.host"),
        ("http://169.254.169.254/latest", "website.host"),
        ("http://[::1]", "website.host"),
        ("http://[::ffff:127.0.0.1]/", "website.host"),
        ("http://a.b", "website.host"),
        ("http://a.123", "website.host"),
        ("http://a..example", "website.host"),
        ("http://-a.example", "website.host"),
        ("http://a-.example", "website.host"),
        ("http://ex%61mple.com", "website.host"),
        ("http://a.example;b", "website.host"),
        ("http://" + "a" * 64 + ".example", "website.host"),
        ("http://" + "a." * 130 + "com", "website.host"),
        ("http://" + "é" * 64 + ".example", "website.host"),
        ("http://a.example/" + "x" * MAX_URL, "website.too_long"),
        ("http://a.example/" + "x" * 1_000_000, "website.too_long"),
        ("http://a.example/" + "😀" * 500, "website.too_long"),
    ],
    ids=lambda value: ascii(value[:40]),
)
def test_what_is_no_public_web_address_is_refused(raw: str, code: str) -> None:
    assert refusal(raw) == code


def test_the_longest_address_is_kept_whole() -> None:
    longest = "http://a.example/".ljust(MAX_URL, "x")
    assert parse_website(longest) == longest
    assert refusal(longest + "x") == "website.too_long"


@pytest.mark.parametrize("raw", ["a." * 1_040, "http://" + "a-" * 1_000, "%" * 2_000, "www." + "_" * 2_000])
def test_no_address_takes_long(raw: str) -> None:
    began = time.process_time()
    refusal(raw)
    assert time.process_time() - began < 0.02


ADDRESSISH = st.lists(
    st.one_of(
        st.sampled_from(
            ["http://", "https://", "a.example", "é.example", "%41", "%", "..", "/", "?", "#", "@", ":80"]
        ),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@given(ADDRESSISH)
def test_what_is_taken_is_plain_ascii_and_stays_as_it_is(raw: str) -> None:
    with suppress(FieldRefused):
        shown = parse_website(raw)
        assert re.fullmatch(r"https?://[a-z0-9._-]+(:\d+)?/[!#-&(-;=?-\[\]_a-z~]*", shown), shown
        assert len(shown) <= MAX_URL
        assert parse_website(shown) == shown
