"""Display names: every script's own spelling goes through, what nobody can see does not."""

import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldRefused
from service.model.characters import MAX_MARKS_PER_LETTER
from service.model.submissions import MAX_NAME, parse_name

NAMES = {
    "Urdu": "محمد بلال",
    "Urdu with ZWNJ": "علی\u200cرضا",
    "Persian with ZWNJ": "نمی\u200cدانم",
    "Persian with two ZWNJ": "می\u200cخواهم\u200cش",
    "Hindi with ZWJ": "क्\u200dष",
    "Hindi": "श्रीमान् शर्मा",
    "Sinhala with ZWJ": "ශ්\u200dරී ලංකා",
    "Bengali": "নাম",
    "Tamil": "தமிழ்",
    "Malayalam": "മോഹൻ",
    "Malayalam with ZWJ at the end": "മോഹന്\u200d",
    "Malayalam with ZWJ before a space": "അരുണ്\u200d നായര്\u200d",
    "Bengali with ZWJ": "র\u200d্যাব",
    "Marathi with ZWJ": "दर्\u200dया",
    "Arabic": "عَبْد الرَّحْمٰن",
    "Hebrew with points": "שָׁלוֹם",
    "Thai": "สมชาย ใจดี",
    "Khmer": "សុខា",
    "Burmese": "မောင်",
    "Tibetan": "བསྟན་འཛིན",
    "Vietnamese": "Nguyễn Văn Thắng",
    "Vietnamese in parts": unicodedata.normalize("NFD", "Nguyễn Thị"),
    "Chinese": "王小明",
    "Chinese beyond the first plane": "𠮷野家",
    "Japanese": "山田　太郎",
    "Korean": "김철수",
    "Russian": "Мария",
    "Greek": "Ἀλέξανδρος",
    "Georgian": "ნინო",
    "Amharic": "አበበ",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥",
    "Spanish": "José",
    "Dutch": "Zoë",
    "Irish": "O’Connor",
    "Irish, typed": "O'Connor",
    "German": "Jürgen Groß-Weiß",
    "Yoruba": "Ṣẹ́gun",
    "Hawaiian": "Kaʻiulani",
    "initials": "J. R. R. T.",
    "one letter": "N",
    "digits": "007",
    "family": "👩\u200d👩\u200d👧\u200d👦",
    "skin tone and profession": "👨🏽\u200d💻",
    "eye in a bubble": "👁️\u200d🗨️",
    "heart": "Zoë ❤️",
    "rainbow flag": "🏳️\u200d🌈",
    "flag of Pakistan": "🇵🇰",
    "flag of Scotland": "Ian 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "keycap": "1️⃣",
    # Unicode 15 to 17, which Python may not know.
    "pink heart": "Zoë \U0001fa77",
    "face with bags under eyes": "\U0001fae9",
    "ideograph of extension I": "王\U0002ebf0",
    "a letter to come": "x\u0378",
}


def refusal(rule: Callable[[str], object], raw: str) -> str:
    with pytest.raises(FieldRefused) as caught:
        rule(raw)
    assert caught.value.detail.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_taken_as_it_is_written(name: str) -> None:
    assert parse_name(name) == name


@pytest.mark.parametrize("space", [" ", "   ", "\u00a0", "\u3000", "\u2003"])
def test_spaces_around_a_name_are_taken_off(space: str) -> None:
    assert parse_name(f"{space}Ana María{space}") == "Ana María"


@pytest.mark.parametrize(
    "blank",
    [
        "",
        " ",
        "   ",
        "\u00a0",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u3164",
        "\u2800",
        "\uffa0",
        "\u115f\u1160",
        "\u17b4\u17b5",
        "\u0301",
        "\u0301\u0302\u0303",
        "\u20e3",
        "\ufe0f",
        "\u180e",
        "\u00ad",
        "\U000e0001",
        "\U000e0061\U000e0062",
        "\ue000",
        "\ufffe",
        "\U0001ffff",
        "\ufff0",
        "\u2065",
        " \u200b\u3164\u2800\u00a0 ",
    ],
    ids=ascii,
)
def test_a_name_that_nobody_can_see_is_refused(blank: str) -> None:
    assert refusal(parse_name, blank) == "name.blank"


@pytest.mark.parametrize(
    "control",
    [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u2028", "\u2029"],
    ids=ascii,
)
def test_no_control_character_and_no_line_break_gets_into_a_name(control: str) -> None:
    assert refusal(parse_name, f"Ana{control}Bcc: x@example.com") == "invalid_character"
    assert refusal(parse_name, f"Ana{control}") == "invalid_character"


def test_the_refusal_says_which_character_it_was() -> None:
    with pytest.raises(FieldRefused, match=r"Character 4 \(U\+000D\) is a control character"):
        parse_name("Ana\r\nBcc: x")
    with pytest.raises(FieldRefused, match=r"Character 9 \(U\+202E\) is invisible"):
        parse_name("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007fA\u202e")


@pytest.mark.parametrize(
    "hidden",
    [
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",  # direction
        *"\u200b\u2060\u2061\u2063\ufeff\u00ad\u180e\u206a\ufff9",  # nothing to see
        "\ue000",
        "\U000f0000",
        "\ufdd0",
        "\ufff0",
        "\U000e0061",
        "\U000e0080",
    ],
    ids=ascii,
)
def test_direction_controls_and_hidden_characters_are_refused(hidden: str) -> None:
    at_an_end = () if hidden in "\u200e\u200f" else (f"{hidden}admin", f"admin{hidden}")
    for name in (f"ad{hidden}min", f"علی{hidden}رضا", *at_an_end):
        assert refusal(parse_name, name) == "name.invisible_character"


@pytest.mark.parametrize(
    "wrapped",
    ["\u200f{}\u200f", "\u200e{}", " \u200f {} ", "\u202b{}\u202c", "\u202a{}\u202c", "\u200e\u00a0{}"],
    ids=ascii,
)
def test_a_name_that_an_address_book_wrapped_in_direction_marks_is_unwrapped(wrapped: str) -> None:
    assert parse_name(wrapped.format("דוד כהן")) == "דוד כהן"
    assert parse_name(parse_name(wrapped.format("دوست"))) == "دوست"


@pytest.mark.parametrize(
    "half", ["\u202eadmin\u202c", "\u2067admin\u2069", "\u202badmin", "a\u202bdmin\u202c"], ids=ascii
)
def test_a_wrapping_that_turns_letters_around_or_never_ends_is_refused(half: str) -> None:
    assert refusal(parse_name, half) == "name.invisible_character"


@pytest.mark.parametrize(
    "name", ["ad\u200cmin", "ad\u200dmin", "\u200cعلی", "علی\u200c", "👩\u200d", "a\u200d👩"]
)
def test_a_joiner_that_joins_nothing_is_refused(name: str) -> None:
    assert refusal(parse_name, name) == "name.invisible_character"


@pytest.mark.parametrize(
    "tags",
    [
        "🏴" + "\U000e0067" * 30,
        "🏴\U000e0067\U000e0062",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074",
        "🏴\U000e0001\U000e0067\U000e0062\U000e0073\U000e007f",
        "A\U000e0067\U000e0062\U000e0073\U000e007f",
    ],
    ids=ascii,
)
def test_a_flag_does_not_smuggle_hidden_text(tags: str) -> None:
    assert refusal(parse_name, tags) == "name.invisible_character"


def test_as_many_marks_as_scripts_use_are_taken_and_a_tower_of_them_is_not() -> None:
    tower = "Z" + "\u0300" * MAX_MARKS_PER_LETTER
    assert parse_name(tower * 3) == tower * 3
    assert refusal(parse_name, tower + "\u0300") == "name.too_many_marks"


def test_a_name_has_a_hundred_code_points_at_most() -> None:
    assert parse_name("😀" * MAX_NAME) == "😀" * MAX_NAME
    assert parse_name(" " * 50 + "x" * MAX_NAME + " " * 50) == "x" * MAX_NAME
    assert refusal(parse_name, "😀" * (MAX_NAME + 1)) == "name.too_long"


@pytest.mark.parametrize(
    "flood", ["\u0301" * 100_001, "a" + "\u0301\u0323\u0334\u0345" * 25_000, "\ufdfa" * 100_000]
)
def test_a_flood_is_refused_by_its_length_at_once(flood: str) -> None:
    began = time.process_time()
    assert refusal(parse_name, flood) == "name.too_long"
    assert time.process_time() - began < 0.02


@given(st.text(max_size=MAX_NAME * 5))
def test_whatever_is_taken_is_short_visible_and_taken_again_unchanged(raw: str) -> None:
    with suppress(FieldRefused):
        name = parse_name(raw)
        assert 1 <= len(name) <= MAX_NAME
        assert name in raw
        assert name.isprintable() or any(
            unicodedata.category(letter) in {"Cf", "Cn", "Zs"} for letter in name
        )
        assert parse_name(name) == name
