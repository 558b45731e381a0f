import importlib
import math
import pkgutil
import random
import string
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import service.filters
from service.filters import FILTERS
from service.model.screenings import Policy
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.folding import fold
from service.screening.screen import screen

Make = Callable[..., Candidate]
PAGE = Path(__file__).parents[2] / "docs" / "filters.md"
FACTS = Facts(honeypot=False, fill_seconds=30.0, has_form_token=True, own_hosts=frozenset({"news.example"}))

# Building blocks of what attackers send, and of what happens to letters.
PIECES = st.sampled_from(
    [
        *("http://", "www.", "a.example.com", "@", "<", "[url", "<a href=", ".", " ", "*", "!", "aaaa"),
        *(
            "s h i t",
            "f.u.c.k",
            "fuck",
            "blow job",
            "\u200b",
            "\u0301",
            "\ufdfa",
            "ﬃ",
            "ѕ",
            "𝓼",
            "💩",
            "\ud800",
            "İ",
        ),
    ]
)
REPEATED = (
    *("s ", "hello ", "s h i t ", "f.u.c.k.", "fuck ", "blow ", "a*", "$", "é.", "\ufdfa", "a\u0301"),
    *("http://", "www.", "a.", "a-", "@", "<", ".", "a@a.", "<a ", "[url"),
)


def modules() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(service.filters.__path__)]


def test_every_module_here_is_in_the_tuple() -> None:
    found = {
        id(thing)
        for name in modules()
        for thing in vars(importlib.import_module(f"service.filters.{name}")).values()
        if isinstance(thing, Filter)
    }
    assert found == {id(each) for each in FILTERS}
    assert sorted(each.name for each in FILTERS) == sorted(modules())


def test_names_are_unique_and_sentences_are_sentences() -> None:
    assert len({each.name for each in FILTERS}) == len(FILTERS)
    assert all(each.says[0].isupper() and each.says.endswith(".") for each in FILTERS)
    assert all(math.isfinite(each.weight) and each.weight > 0 for each in FILTERS)


@pytest.mark.parametrize("each", FILTERS, ids=lambda each: each.name)
def test_each_filter_has_a_section_in_the_documents_with_its_weight(each: Filter) -> None:
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## `{each.name}`")[2].partition("\n## ")[0]
    assert f"Weight {each.weight:g}" in section


def test_a_plain_comment_has_an_empty_bill(candidate: Make) -> None:
    screening = screen(candidate("Thank you, I had not seen it that way."), FACTS, FILTERS, Policy())
    assert (screening.signals, screening.score, screening.severity) == ((), 0.0, 0)


@given(
    text=st.text(max_size=200) | st.lists(PIECES | st.text(max_size=3), max_size=60).map("".join),
    name=st.text(max_size=100) | st.lists(PIECES, max_size=5).map("".join),
    website=st.none() | st.text(max_size=40) | st.just("https://fuck.example/x"),
    honeypot=st.booleans(),
    fill_seconds=st.none() | st.floats(allow_nan=False),
    has_form_token=st.booleans(),
)
@example("s h i t ́ f u c k", "ѕhit", None, False, 1.0, True)
def test_no_text_at_all_makes_a_filter_fail(
    candidate: Make,
    text: str,
    name: str,
    website: str | None,
    honeypot: bool,
    fill_seconds: float | None,
    has_form_token: bool,
) -> None:
    facts = Facts(honeypot, fill_seconds, has_form_token)
    made = candidate(text, name=name, website=website)
    screening = screen(made, facts, FILTERS, Policy())
    assert all(signal.name != "not_checked" for signal in screening.signals)
    for signal in screening.signals:
        for span in signal.spans:
            assert fold(made.quote(span)).text


def random_words(n: int) -> str:
    chance = random.Random(7)  # noqa: S311 - only a text
    return " ".join("".join(chance.choices(string.ascii_lowercase, k=5)) for _ in range(n // 6))


@pytest.mark.parametrize(
    "hostile",
    [
        *((lambda n, piece=piece: (piece * n)[:n]) for piece in REPEATED),
        lambda n: "f" + "u" * n + "ck",
        lambda n: "a" + "*" * n + "a",
        random_words,
    ],
    ids=[*(piece.encode("unicode_escape").decode() for piece in REPEATED), "fuuuck", "a***a", "random"],
)
def test_four_times_the_text_costs_about_four_times_the_work(
    candidate: Make, hostile: Callable[[int], str]
) -> None:
    def seconds(n: int) -> float:
        text = hostile(n)
        best = math.inf
        for _ in range(3):
            started = process_time()
            screen(candidate(text), FACTS, FILTERS, Policy())
            best = min(best, process_time() - started)
        return best

    seconds(100)
    assert seconds(8_000) < 10 * seconds(2_000) + 0.02
