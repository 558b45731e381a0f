"""Pages and origins: which addresses are one page, and which origins a site may list."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldRefused
from service.model.sites import page_id, parse_origins, parse_slug
from service.model.urls import MAX_URL, Address, parse_origin, parse_page


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        # Scheme and host in lower case; the path is left as it is.
        ("HTTPS://News.EXAMPLE/Bridge", "https://news.example/Bridge"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://news.example./a", "https://news.example/a"),
        # The default port.
        ("https://news.example:443/a", "https://news.example/a"),
        ("http://news.example:80/a", "http://news.example/a"),
        ("https://news.example:/a", "https://news.example/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        # Dot segments.
        ("https://news.example", "https://news.example/"),
        ("https://news.example/a/./b/../c", "https://news.example/a/c"),
        ("https://news.example/../../a", "https://news.example/a"),
        ("https://news.example/a/..", "https://news.example/"),
        ("https://news.example/a/.", "https://news.example/a/"),
        ("https://news.example/a/%2E%2e/b", "https://news.example/b"),
        ("https://news.example/a//b", "https://news.example/a//b"),
        ("https://news.example/a/", "https://news.example/a/"),
        # Percent-encoding.
        ("https://news.example/%7Eana/%41", "https://news.example/~ana/A"),
        ("https://news.example/%c3%a9", "https://news.example/%C3%A9"),
        ("https://news.example/é", "https://news.example/%C3%A9"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/a%2fb", "https://news.example/a%2Fb"),
        ("https://news.example/100%", "https://news.example/100%25"),
        ("https://news.example/%%34%31", "https://news.example/%2541"),
        ("https://news.example/?q=%7e", "https://news.example/?q=~"),
        # The fragment.
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?b#c?d", "https://news.example/a?b"),
        # Parameters that only track.
        ("https://news.example/a?utm_source=x&id=7&utm_medium=y", "https://news.example/a?id=7"),
        ("https://news.example/a?fbclid=1", "https://news.example/a"),
        (
            "https://news.example/a?gclid=1&msclkid=2&igshid=3&mc_cid=4&mc_eid=5&_ga=6",
            "https://news.example/a",
        ),
        ("https://news.example/a?%75tm_source=x", "https://news.example/a"),
        # Other parameters stay, in their order.
        ("https://news.example/?b=2&a=1&b=1", "https://news.example/?b=2&a=1&b=1"),
        ("https://news.example/?p=1&UTM_source=x", "https://news.example/?p=1&UTM_source=x"),
        ("https://news.example/?fbclid_not=1&_gallery=2", "https://news.example/?fbclid_not=1&_gallery=2"),
        ("https://news.example/?q=utm_source", "https://news.example/?q=utm_source"),
        ("https://news.example/?q=a+b&r=a%20b", "https://news.example/?q=a+b&r=a%20b"),
        ("https://news.example/?", "https://news.example/"),
        ("https://news.example/?&&a&", "https://news.example/?a"),
        # A machine at home.
        ("http://localhost:8001/article", "http://localhost:8001/article"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8001/"),
        ("http://[::1]:8001/", "http://[::1]:8001/"),
    ],
)
def test_a_page_has_one_canonical_address(raw: str, canonical: str) -> None:
    assert str(parse_page(raw)) == canonical
    assert str(parse_page(f"  {raw} ")) == canonical


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/a/b?id=7",
        "https://news.example:443/a/b?id=7",
        "http://news.example:80/a/b?id=7",
        "https://NEWS.example/a/b?id=7",
        "https://news.example/a/b?id=7#comments",
        "https://news.example/a/b?utm_campaign=spring&id=7&fbclid=x",
        "https://news.example/%61/b?%69d=7",
        "https://news.example/x/../a/./b?id=7",
    ],
)
def test_readers_who_came_another_way_share_the_thread(other: str) -> None:
    assert page_id(parse_page(other)) == page_id(parse_page("https://news.example/a/b?id=7"))


@pytest.mark.parametrize(
    "other",
    [
        "https://news.example/a/b",
        "https://news.example/a/b?id=8",
        "https://news.example/a/b/?id=7",
        "https://news.example/A/b?id=7",
        "https://news.example:8443/a/b?id=7",
        "https://www.news.example/a/b?id=7",
        "https://news.example/a%2Fb?id=7",
    ],
)
def test_other_articles_have_other_threads(other: str) -> None:
    assert page_id(parse_page(other)) != page_id(parse_page("https://news.example/a/b?id=7"))


PARTS = st.one_of(
    st.sampled_from(
        [
            "/",
            "//",
            ".",
            "..",
            "%2e",
            "%2E%2e",
            "%41",
            "%c3%a9",
            "%",
            "%%",
            "%2",
            "34",
            "é",
            "خ",
            "?",
            "&",
            "=",
            "#",
        ]
    ),
    st.sampled_from(["utm_source=x", "fbclid", "q=1", "[", "]", "'", ";", ":", "@", "+", "😀"]),
    st.text(max_size=4),
)
PAGES = st.builds(
    "{}{}{}/{}".format,
    st.sampled_from(["http://", "https://", "HtTpS://"]),
    st.sampled_from(["news.example", "News.Example.", "bücher.example", "localhost", "[::1]", "10.0.0.1"]),
    st.sampled_from(["", ":", ":80", ":443", ":8000"]),
    st.lists(PARTS, max_size=12).map("".join),
)


@given(PAGES)
def test_the_canonical_address_is_its_own_canonical_address(raw: str) -> None:
    with suppress(FieldRefused):
        page = parse_page(raw)
        assert str(page).isascii()
        assert parse_page(str(page)) == page
        assert page_id(parse_page(str(page))) == page_id(page)


@given(PAGES, st.sampled_from(["#x", "#", "#a/../b?c"]))
def test_a_fragment_never_matters(raw: str, fragment: str) -> None:
    if "#" not in raw:
        assert known(raw) == known(raw + fragment)


def known(raw: str) -> Address | None:
    try:
        return parse_page(raw)
    except FieldRefused:
        return None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "page.scheme"),
        ("news.example/a", "page.scheme"),
        ("javascript:alert(1)", "page.scheme"),
        ("file:///a", "page.scheme"),
        ("https://", "page.host"),
        ("https://user:pw@news.example/", "page.invalid"),
        ("https://news.example\\@evil.example/", "page.invalid"),
        ("https://news.example/a b", "page.invalid"),
        ("https://news.example/\r\nSet-Cookie: x", "page.invalid"),
        ("https://news.example/\x00", "page.invalid"),
        ("https://news.example:99999/", "page.invalid"),
        ("https://news.example/" + "x" * MAX_URL, "page.too_long"),
        ("https://news.example/" + "😀" * 200, "page.too_long"),
    ],
    ids=lambda value: ascii(value[:40]),
)
def test_what_is_no_page_is_refused(raw: str, code: str) -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_page(raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("raw", "origin"),
    [
        ("https://news.example", "https://news.example"),
        ("https://news.example/", "https://news.example"),
        ("HTTPS://NEWS.example:443", "https://news.example"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(raw: str, origin: str) -> None:
    assert parse_origin(raw) == origin


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("*", "origin.scheme"),
        ("null", "origin.scheme"),
        ("news.example", "origin.scheme"),
        ("https://*.news.example", "origin.host"),
        ("https://news.example/section", "origin.path"),
        ("https://news.example/?a", "origin.path"),
        ("https://user@news.example", "origin.invalid"),
    ],
)
def test_an_origin_is_exact_or_refused(raw: str, code: str) -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_origin(raw)
    assert caught.value.code == code


def test_a_site_has_at_least_one_origin_and_each_once() -> None:
    assert parse_origins(["https://a.example", "https://a.example/"]) == {"https://a.example"}
    with pytest.raises(FieldRefused, match="at least one origin"):
        parse_origins([])


@pytest.mark.parametrize("slug", ["a", "1", "daily", "the-daily-news", "a--b", "a" * 63])
def test_a_slug_is_lower_case_letters_digits_and_inner_hyphens(slug: str) -> None:
    assert parse_slug(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "Daily", "-a", "a-", "a_b", "a.b", "a b", "a/b", "é", "a\n", "１", "a" * 64]
)
def test_anything_else_is_no_slug(slug: str) -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_slug(slug)
    assert caught.value.code == "site.slug"
