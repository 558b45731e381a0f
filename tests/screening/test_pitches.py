import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import screening
from service.filters.pitch import TRADES
from service.screening.candidate import Candidate
from service.screening.folding import fold
from service.screening.pitches import MAX_PHRASES, NOT_SELLING, SELLER, find_phrases, groups, sells

Make = Callable[..., Candidate]


def found(candidate: Candidate) -> list[tuple[str, str]]:
    return [(each.group, candidate.quote(each.span)) for each in find_phrases(candidate.folded_text, "text")]


def test_every_list_of_words_tells_where_it_is_from_and_under_which_licence() -> None:
    files = [each for each in Path(screening.__file__).parent.rglob("*") if each.suffix in {".toml", ".txt"}]
    assert len(files) > 20
    for file in files:
        head = [line for line in file.read_text(encoding="utf-8").splitlines()[:6] if line.startswith("#")]
        assert re.search(r"(Curated|Collected) for Greenroom .*\bMIT\b", " ".join(head), re.DOTALL), file.name


def test_every_phrase_belongs_to_a_group_that_means_something() -> None:
    known = {*TRADES, *NOT_SELLING, SELLER, "promise"}
    assert {group for _, group, _ in groups()} <= known


def test_every_language_can_say_what_is_sold_and_what_to_do() -> None:
    languages = {language for language, _, _ in groups()}
    asking = {language for language, group, _ in groups() if group == "asking"}
    selling = {language for language, group, _ in groups() if group in TRADES}
    assert languages == asking == selling


def test_no_phrase_is_lost_when_it_is_folded() -> None:
    assert [phrase for _, _, phrase in groups() if not re.search(r"\w", fold(phrase).text)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Free Spins!", [("gambling", "Free Spins")]),
        ("love spells", [("spells", "love spells")]),
        ("ＣＡＳＩＮＯ", [("gambling", "ＣＡＳＩＮＯ")]),
        ("click\nhere", [("asking", "click\nhere")]),
        ("代开发票", [("papers", "代开发票")]),
        ("look 👉 there", [("asking", "👉")]),
    ],
)
def test_the_longest_phrase_is_found_where_it_stands(
    candidate: Make, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(candidate(text)) == expected


@pytest.mark.parametrize("text", ["method", "slotted", "casinoish", "> quoted", ">> quoted twice", "1 < 2"])
def test_parts_of_words_and_quotation_marks_are_no_phrases(candidate: Make, text: str) -> None:
    assert found(candidate(text)) == []


def test_no_more_is_kept_than_anybody_wants_to_see(candidate: Make) -> None:
    assert len(found(candidate("casino, " * 500))) == MAX_PHRASES


@pytest.mark.parametrize(
    ("name", "words"), [("cheap shoes", 2), ("Online Casino", 2), ("Mary Smith", 0), ("Great post", 0)]
)
def test_names_that_sell_are_told_from_names(name: str, words: int) -> None:
    assert sells(fold(name), "name") == words


@given(st.text(max_size=200))
def test_phrases_stand_in_order_and_do_not_overlap(candidate: Make, text: str) -> None:
    made = candidate(f"casino {text} click here")
    spans = [each.span for each in find_phrases(made.folded_text, "text")]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "text", ["Watch her live", "free HD: watch it", "please visit us soon", "🔥 join 🔥"]
)
def test_a_bare_verb_asks_where_a_clause_begins_with_it(candidate: Make, text: str) -> None:
    assert "asking" in {group for group, _ in found(candidate(text))}


@pytest.mark.parametrize(
    "text", ["We watch the news", "Don't go to court", "they'd visit her", "I check twice"]
)
def test_a_bare_verb_asks_nobody_elsewhere(candidate: Make, text: str) -> None:
    assert found(candidate(text)) == []
