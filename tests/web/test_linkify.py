"""Comments are plain text; only their http(s) addresses become links, whatever else they hold."""

import time

import pytest
from markupsafe import Markup, escape

from service.web.drawing.linkify import MAX_LINKS, linkify, paragraphs


def link(target: str, written: str | None = None) -> str:
    shown = escape(written or target)
    return f'<a href="{escape(target)}" rel="nofollow ugc noopener noreferrer" target="_top">{shown}</a>'


def test_text_without_addresses_is_only_escaped() -> None:
    assert linkify("a < b & \"c\" 'd'") == "a &lt; b &amp; &#34;c&#34; &#39;d&#39;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com", link("https://example.com/", "https://example.com")),
        ("see http://example.com/a?b=1&c=2#d now", f"see {link('http://example.com/a?b=1&c=2#d')} now"),
        ("(https://example.com/a)", f"({link('https://example.com/a')})"),
        ("https://example.com/a_(b)", link("https://example.com/a_(b)")),
        ("https://example.com/a_(b)).", f"{link('https://example.com/a_(b)')})."),
        ("https://example.com/a, https://example.com/b!", None),
        ("دیکھیے https://example.com/a۔", f"دیکھیے {link('https://example.com/a')}۔"),
        ("“https://example.com/a”", f"“{link('https://example.com/a')}”"),
    ],
)
def test_addresses_become_links_without_the_punctuation_around_them(text: str, expected: str | None) -> None:
    expected = expected or f"{link('https://example.com/a')}, {link('https://example.com/b')}!"
    assert linkify(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<script>",
        "xhttps://example.com",
        "me@https://example.com",
        "https://",
        "https://user:secret@example.com/",
        "https://localhost/",
        "https://exa\\mple.com",
        "ftp://example.com",
        "www.example.com",
    ],
)
def test_what_is_no_safe_address_stays_text(text: str) -> None:
    assert linkify(text) == escape(text)


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert("x")</script>',
        'https://example.com/"onmouseover="alert(1)',
        "https://example.com/'onmouseover='alert(1)",
        "https://example.com/<img src=x onerror=alert(1)>",
        "https://example.com/{}{0}%s",
        "https://exam\u202eple.com/",
    ],
)
def test_nothing_gets_out_of_a_link(text: str) -> None:
    html = linkify(text)

    assert html.replace("<a href", "").replace("</a>", "").count("<") == 0
    assert " onmouseover=" not in html.replace("&#34;", "")
    assert "\u202e" not in html


def test_the_target_names_its_host_in_ascii_so_that_a_look_alike_shows() -> None:
    assert 'href="https://xn--pple-43d.com/"' in linkify("https://\u0430pple.com/")


def test_direction_overrides_and_gaps_are_left_out() -> None:
    assert linkify("a\u202eb\u2066c") == "abc"
    assert linkify("\r\n a\r\n\r\n \r\n\t\r\nb \n") == "a\n\nb"


def test_paragraphs_are_whole_pieces_of_html() -> None:
    found = paragraphs("one https://example.com/\ntwo\n\n<three>\n\n\n\nfour")

    assert found == [f"one {link('https://example.com/')}\ntwo", "&lt;three&gt;", "four"]
    assert all(isinstance(piece, Markup) for piece in found)


def test_only_so_many_addresses_become_links() -> None:
    html = linkify("http://a.example/ " * (MAX_LINKS + 5))

    assert html.count("<a ") == MAX_LINKS
    assert html.count("http://a.example/") == 2 * MAX_LINKS + 5


@pytest.mark.parametrize(
    "text",
    [
        "http://" * 1_429,
        "https://a.example/" + ")" * 9_900,
        "https://a.example/" + "(" * 4_900 + ")" * 4_900,
        "https://a.example/" + ".)" * 4_900,
        "http://a.b " * 900,
        "https://" + "ä." * 4_900,
        "\n" * 10_000,
        "\n \t" * 3_333,
        "h" * 10_000,
        "http://" + "a." * 4_900,
        "https://" + "\u0301" * 9_900,
        "&<>\"'" * 2_000,
    ],
)
def test_no_text_is_slow(text: str) -> None:
    began = time.process_time()
    linkify(text)
    assert time.process_time() - began < 0.15
