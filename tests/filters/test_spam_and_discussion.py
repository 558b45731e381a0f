"""Advertisements of many trades and languages are told from discussions of the same things.

The comments are written for this test, in the manner of what newspapers get. `unusual` ones were written
after the word lists, to be hard: they say little that is listed.
"""

import json
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from service.filters import FILTERS
from service.model.screenings import Policy
from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.screen import screen

CASES: Final = Path(__file__).parents[1] / "fixtures" / "spam_and_discussion.jsonl"
FACTS: Final = Facts(False, 30.0, True)


class Case(NamedTuple):
    """A comment, what it is, and what its bill comes to."""

    kind: str
    is_spam: bool
    score: float


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [
        Case(
            each["kind"],
            each["spam"],
            screen(
                prepare(each["text"], name=each["name"], website=each.get("website")),
                FACTS,
                FILTERS,
                Policy(),
            ).score,
        )
        for each in found
    ]


def flagged(cases: list[Case]) -> float:
    return sum(each.score >= Policy().spam_at for each in cases) / len(cases)


def test_nine_of_ten_advertisements_look_like_spam_by_their_words_alone(cases: list[Case]) -> None:
    assert flagged([each for each in cases if each.is_spam and each.kind != "unusual"]) >= 0.9


def test_a_third_of_the_unusual_ones_do(cases: list[Case]) -> None:
    assert flagged([each for each in cases if each.is_spam and each.kind == "unusual"]) >= 0.33


def test_hardly_any_discussion_does(cases: list[Case]) -> None:
    assert flagged([each for each in cases if not each.is_spam]) <= 0.02


def test_an_advertisement_nearly_always_scores_above_a_discussion(cases: list[Case]) -> None:
    spam = [each.score for each in cases if each.is_spam]
    others = [each.score for each in cases if not each.is_spam]
    above = sum((one > other) + (one == other) / 2 for one in spam for other in others)
    assert above / len(spam) / len(others) >= 0.95


@pytest.mark.parametrize("kind", ["es", "fr", "de", "pt", "ru", "ur", "rur", "hi"])
def test_advertisements_are_noticed_in_other_languages_than_english(cases: list[Case], kind: str) -> None:
    spam = [each for each in cases if each.is_spam and each.kind == kind]
    assert spam
    assert flagged(spam) >= 0.6
