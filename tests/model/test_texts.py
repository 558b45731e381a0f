"""The comment itself and the article's title: kept or refused, never changed on the quiet."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldRefused
from service.model.submissions import MAX_TEXT, parse_page_title, parse_text


def refusal(rule: Callable[[str], object], raw: str) -> str:
    with pytest.raises(FieldRefused) as caught:
        rule(raw)
    assert caught.value.detail.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "x",
        ".",
        "?!",
        "😀",
        "\U0001fa77",  # newer than Python's Unicode
        "  indented, and a line break at the end \n",
        "one\r\ntwo\ttabbed\x85next\u2028line\u2029paragraph",
        "یہ متن دائیں سے بائیں ہے، می\u200cخواهم",
        "\u202eturned around\u202c and \u2066isolated\u2069",
        "e\u0301 is not \u00e9, and \ufb01 is not fi",
        "x" + "\u0301" * 5_000,
        "<script>alert(1)</script> & &amp; \\u0041 %41",
        "\ufeffmark first",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_a_text_comes_back_exactly_as_it_was_given(text: str) -> None:
    assert parse_text(text) == text


@given(st.text(max_size=200))
def test_a_text_is_never_changed(raw: str) -> None:
    with suppress(FieldRefused):
        assert parse_text(raw) == raw


def test_ten_thousand_emoji_are_kept_and_one_more_is_refused_with_the_number() -> None:
    assert parse_text("😀" * MAX_TEXT) == "😀" * MAX_TEXT
    with pytest.raises(FieldRefused, match=r"A comment may have 10,000 characters; this one has 16,385\."):
        parse_text("😀" * 16_385)


@pytest.mark.parametrize(
    "control",
    [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r\x85"],
    ids=ascii,
)
def test_control_characters_are_refused(control: str) -> None:
    assert refusal(parse_text, f"a{control}b") == "invalid_character"


@pytest.mark.parametrize(
    "blank",
    ["", " ", "\n\n\t", "\u00a0", "\u200b", "\u3164", "\u2800", "\u0301" * 40, "\u202e", "\ufeff"],
    ids=ascii,
)
def test_a_text_that_nobody_can_see_is_refused(blank: str) -> None:
    assert refusal(parse_text, blank) == "text.blank"


@pytest.mark.parametrize("flood", ["\u0301" * 100_001, "\ufdfa" * 100_000, "a" * 1_000_000])
def test_a_flood_is_refused_by_its_length_at_once(flood: str) -> None:
    began = time.process_time()
    assert refusal(parse_text, flood) == "text.too_long"
    assert time.process_time() - began < 0.02


@pytest.mark.parametrize("unit", ["s ", "!@ ", "\u0301", "\u202e", "http://", "[", "<", "\u200d"])
def test_ten_thousand_characters_are_judged_quickly(unit: str) -> None:
    began = time.process_time()
    text = ("a" + unit * MAX_TEXT)[:MAX_TEXT]
    assert parse_text(text) == text
    assert time.process_time() - began < 0.05


def test_a_title_is_put_on_one_line() -> None:
    assert parse_page_title("  The bridge\n\t reopens ") == "The bridge reopens"
    assert parse_page_title("پل دوبارہ کھل گیا") == "پل دوبارہ کھل گیا"
    assert parse_page_title("T" * 300) == "T" * 300


def test_a_title_that_is_too_long_or_has_control_characters_is_refused() -> None:
    assert refusal(parse_page_title, "T" * 301) == "page_title.too_long"
    assert refusal(parse_page_title, "T\x00") == "invalid_character"
    assert refusal(parse_page_title, "T\x1b[31m") == "invalid_character"
