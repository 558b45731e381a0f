"""What filters say is said in every language of the console; what fits no pattern stays as it is."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from service.filters import FILTERS
from service.filters.pitch import TRADES
from service.model.screenings import LEARNED, NOT_CHECKED, Policy
from service.screening.candidate import prepare
from service.screening.facts import Facts, Likeness, Record
from service.screening.screen import screen
from service.web.drawing.catalogues import load_console
from service.web.drawing.sentences import Sentences, as_it_is
from service.web.http import problems

CASES: Final = Path(__file__).parents[1] / "fixtures" / "spam_and_discussion.jsonl"
CONSOLE: Final = load_console()
RARE: Final = [
    "It reads like what was approved here (97 %).",
    "It reads like what was rejected as spam here (3 %).",
    "The fill time filter could not run.",
    "What was learned here could not be asked.",
    "The filters took too long.",
    "Of earlier comments by or with this network, 12 were approved and 0 rejected.",
    "It reads like an advertisement for spells and fortune-telling and essays and exams.",
    "Two; halves.",
]


def sentences() -> set[str]:
    """What the filters say of all kinds of comments, sent in all kinds of ways."""
    lines = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    sent = [
        Facts(False, 30.0, True),
        Facts(True, 0.4, True, network_recent=9, author=Record(3, 1, 12), likeness=Likeness(1, 0, 1)),
        Facts(
            False,
            None,
            False,
            language="ur",
            likeness=Likeness(2, 3, 4, Record(0, 0, 2)),
            disposable_email=True,
        ),
    ]
    found = {each.says for each in FILTERS} | set(RARE[:-1])
    for number, line in enumerate(lines):
        candidate = prepare(line["text"], name=line["name"], website=line.get("website"))
        found |= {each.sentence for each in screen(candidate, sent[number % 3], FILTERS, Policy()).signals}
    return found


@pytest.mark.parametrize("lang", ["ur", "ar"])
def test_every_sentence_of_a_bill_is_told_in_every_language(lang: str) -> None:
    told = Sentences(CONSOLE["en"], CONSOLE[lang])
    said = sentences()
    assert len(said) > 40
    assert sorted(each for each in said if told.told(each) is None) == []
    for each in said:
        # A host, a filter's name or a library's is all that stays as it is.
        rest = re.sub(r"<bdi>.*?</bdi>|better-profanity", "", str(told.told(each)))
        assert not re.search("[A-Za-z]{2}", rest), each


def test_what_fits_no_pattern_is_shown_as_the_english_that_it_is() -> None:
    assert Sentences(CONSOLE["en"], CONSOLE["ur"]).told(RARE[-1]) is None
    assert as_it_is("<b>") == '<bdi lang="en" dir="ltr">&lt;b&gt;</bdi>'


def test_a_sentence_is_told_with_what_stands_in_it() -> None:
    told = Sentences(CONSOLE["en"], CONSOLE["ar"]).told(
        "2 links to other sites; bit.ly hides where it leads."
    )
    assert told == "رابطان إلى مواقع أخرى، <bdi>bit.ly</bdi> يخفي إلى أين يقود."


def test_every_filter_every_trade_and_every_problem_has_its_word() -> None:
    known = CONSOLE["en"].sentences
    names = {each.name for each in FILTERS} | {LEARNED, NOT_CHECKED}
    assert {f"filter.{name}" for name in names} == {key for key in known if key.startswith("filter.")}
    trades = {key.removeprefix("sentence.trade."): said for key, said in known.items() if ".trade." in key}
    assert trades == TRADES
    codes = {problem.code: problem.title for problem in problems.PROBLEMS.values()}
    codes |= {each.code: each.title for each in (problems.METHOD_NOT_ALLOWED, problems.INTERNAL)}
    assert CONSOLE["en"].under("problem.") == codes
