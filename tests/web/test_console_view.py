"""What the console shows: marks over matched spans, labels for the unseen, times and points in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.console.wording import ago, excerpt, points, when
from service.web.drawing.catalogues import load_console
from service.web.wire.marks import Segment, segments

ENGLISH, URDU, ARABIC = (load_console()[lang] for lang in ("en", "ur", "ar"))
NOW = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
TEXTS = st.text(st.sampled_from("ab \n\u202e\u200b\u200c\u200dآ🏴\U000e0067\U000e007f😀"), max_size=30)
MARKS = st.lists(st.tuples(st.integers(-2, 32), st.integers(-2, 32), st.integers(1, 4)), max_size=8)


@given(TEXTS, MARKS)
def test_joined_segments_are_the_text_and_each_knows_the_lines_over_it(
    text: str, marks: list[tuple[int, int, int]]
) -> None:
    found = segments(text, marks)
    assert "".join(segment.text for segment in found) == text
    assert all(segment.text for segment in found)

    valid = [mark for mark in marks if 0 <= mark[0] < mark[1] <= len(text)]
    place = 0
    for segment in found:
        for at in range(place, place + len(segment.text)):
            assert segment.lines == tuple(sorted({line for start, end, line in valid if start <= at < end}))
        place += len(segment.text)


@given(TEXTS, MARKS)
def test_no_direction_control_is_ever_shown_as_it_is(text: str, marks: list[tuple[int, int, int]]) -> None:
    shown = "".join(segment.label or segment.text for segment in segments(text, marks))
    assert not {"\u202e", "\u200b"} & set(shown)


def test_overlapping_spans_share_what_they_share() -> None:
    assert segments("abcdef", [(0, 4, 1), (2, 6, 2), (3, 4, 1)]) == [
        Segment("ab", (1,)),
        Segment("cd", (1, 2)),
        Segment("ef", (2,)),
    ]


def test_spans_count_code_points_and_not_utf_16_units() -> None:
    assert segments("😀 بلال", [(2, 6, 1)]) == [Segment("😀 "), Segment("بلال", (1,))]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("vi\u200cagra", ["U+200C"]),
        ("a\u202e\u202e\u202eb", ["U+202E ×3"]),
        ("a\u200b\u2060b", ["U+200B", "U+2060"]),
        ("a\x85b\u2028c", ["U+0085", "U+2028"]),
        ("\U000e0041", ["U+E0041"]),
        ("می‌خواهم", []),
        ("👨‍👩‍👧 ❤️‍🔥", []),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", []),
        ("അവന്‍ ", []),
        ("葛\U000e0100 a\tb\r\nc", []),
    ],
)
def test_what_cannot_be_seen_has_a_label_and_what_spells_has_none(text: str, labels: list[str]) -> None:
    assert [segment.label for segment in segments(text) if segment.label] == labels


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"),
        (86_400 * 2, "2 days ago"),
        (86_400 * 1_500, "1,500 days ago"),
    ],
)
def test_a_time_is_told_in_its_largest_unit(seconds: int, said: str) -> None:
    assert ago(ENGLISH, NOW - timedelta(seconds=seconds), NOW) == said


def test_a_time_names_its_month_and_zone() -> None:
    assert when(ENGLISH, NOW) == "4 March 2026, 14:05 UTC"


def test_arabic_has_a_form_for_two_and_a_month_of_its_own() -> None:
    assert ago(ARABIC, NOW - timedelta(hours=2), NOW) == "قبل ساعتين"
    assert ago(ARABIC, NOW - timedelta(hours=3), NOW) == "قبل 3 ساعات"
    assert when(ARABIC, NOW) == "4 مارس 2026، 14:05 UTC"
    assert ago(URDU, NOW - timedelta(hours=2), NOW) == "2 گھنٹے پہلے"


@pytest.mark.parametrize(("number", "said"), [(1.5, "+1.5"), (-2, "\u22122.0"), (0, "0"), (-0.01, "0")])
def test_points_carry_their_sign(number: float, said: str) -> None:
    assert points(number) == said


@pytest.mark.parametrize("text", ["w " * 5_000, "word" * 100, " " * 2_000 + "x"])
def test_an_excerpt_is_short_and_says_that_it_is_cut(text: str) -> None:
    shown = "".join(segment.text for segment in excerpt(text))
    assert len(shown) <= 241
    assert shown.endswith("…")
    assert "".join(segment.text for segment in excerpt("a\n b")) == "a b"
