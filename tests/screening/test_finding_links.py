import pytest

from service.screening.links import (
    MAX_LINKS,
    find_links,
    has_cheap_end,
    has_link_markup,
    hides_where_it_leads,
    host_of,
)


@pytest.mark.parametrize(
    ("text", "written", "host"),
    [
        ("see https://a.example/x?y=1#z.", "https://a.example/x?y=1#z", "a.example"),
        ("(http://a.example/)", "http://a.example/", "a.example"),
        ("HTTP://A.EXAMPLE", "HTTP://A.EXAMPLE", "a.example"),
        ("www.cheap.example, now", "www.cheap.example", "www.cheap.example"),
        ("go to cheap-pills.com!", "cheap-pills.com", "cheap-pills.com"),
        ("go to t.me/joinchat", "t.me/joinchat", "t.me"),
        ("see dawn.com.pk today", "dawn.com.pk", "dawn.com.pk"),
        ("shop.co.in", "shop.co.in", "shop.co.in"),
        ("на пример-тест.рф, там", "пример-тест.рф", "xn----itbbjuqhdlic.xn--p1ai"),
        ("https://user@evil.example/", "https://user@evil.example/", "evil.example"),
        ("https://münchen.example/", "https://münchen.example/", "xn--mnchen-3ya.example"),
        ("look at www.-shop now", "www.-shop", "www.-shop"),
        ("go to shop-.com", "shop-.com", "shop-.com"),
        ("http://192.0.2.7:8080/a", "http://192.0.2.7:8080/a", "192.0.2.7"),
    ],
)
def test_a_link_is_found_where_it_stands(text: str, written: str, host: str) -> None:
    (link,) = find_links(text, "text")
    assert text[link.span.start : link.span.end] == written
    assert link.host == host


@pytest.mark.parametrize(
    "text",
    [
        "No links here.",
        "That is the end.In the beginning it was different.",
        "It cost 3.50 at 10.30, e.g. on Monday, i.e. then.",
        "write to bob@example.com or bob@mail.example.com",
        "report.pdf and main.py",
        "http:// and https://",
        "http://[::1",
        "and so on...and so on",
    ],
)
def test_what_is_no_link_is_left_alone(text: str) -> None:
    assert find_links(text, "text") == ()


def test_no_more_links_are_kept_than_anybody_wants_to_see() -> None:
    assert len(find_links("a.example.com " * 500, "text")) == MAX_LINKS


@pytest.mark.parametrize(
    "text", ['<a href="x">y</a>', "[url=http://x.example]y[/url]", "[URL]x[/URL]", "[y](https://x.example)"]
)
def test_link_markup_is_seen(text: str) -> None:
    assert has_link_markup(text)


def test_brackets_and_signs_are_no_markup() -> None:
    assert not has_link_markup("a < b, and [sic] is not <a thing>")


@pytest.mark.parametrize(
    ("address", "host"), [("", ""), ("https://\u2100.com", ""), ("a..é.com", "a..é.com")]
)
def test_an_address_that_cannot_be_read_is_no_failure(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize("host", ["bit.ly", "www.tinyurl.com", "192.0.2.7", "xn--pple-43d.com"])
def test_a_host_may_hide_where_it_leads(host: str) -> None:
    assert hides_where_it_leads(host)


@pytest.mark.parametrize("host", ["court.example.gov", "rabbit.ly.example", "a1.example"])
def test_a_plain_host_hides_nothing(host: str) -> None:
    assert not hides_where_it_leads(host)


def test_some_ends_of_addresses_are_used_up_quickly() -> None:
    assert [has_cheap_end(host) for host in ("cash.example.top", "top.example.com")] == [True, False]


def test_links_in_markup_end_where_the_markup_begins() -> None:
    (link,) = find_links("[url=http://slots.example.bet]free[/url]", "text")
    assert link.host == "slots.example.bet"
