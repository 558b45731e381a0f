import math
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.errors import FieldRefused
from service.model.screenings import Policy, Signal, Span, Verdict
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter, filter
from service.screening.screen import not_checked, screen

Make = Callable[..., Candidate]
FACTS = Facts(honeypot=False, fill_seconds=30.0, has_form_token=True)


@filter("loud", weight=4.0, says="It is loud.")
def loud(_candidate: Candidate, _facts: Facts) -> Signal | None:
    return loud.signal(1.0, spans=[Span("text", 0, 5)], evidence=["HELLO"])


@filter("kind", weight=2.0, says="It is kind.")
def kind(_candidate: Candidate, _facts: Facts) -> Signal | None:
    return kind.signal(-0.5, says="It says thanks.")


@filter("silent", weight=9.0, says="Nothing.")
def silent(_candidate: Candidate, _facts: Facts) -> Signal | None:
    return None


@filter("word_count", weight=1.0, says="Never.")
def broken(candidate: Candidate, _facts: Facts) -> Signal | None:
    raise RuntimeError(candidate.text)


def answering(answer: Any) -> Filter:
    """A filter that gives this answer, whatever it is."""
    return Filter("garbage", 1.0, "Garbage.", lambda *_: answer)


def test_points_add_up_and_good_evidence_subtracts(candidate: Make) -> None:
    screening = screen(candidate("HELLO"), FACTS, (loud, kind, silent), Policy())
    assert [(signal.name, signal.points) for signal in screening.signals] == [("loud", 4.0), ("kind", -1.0)]
    assert [signal.sentence for signal in screening.signals] == ["It is loud.", "It says thanks."]
    assert (screening.score, screening.verdict) == (3.0, Verdict.HOLD)


def test_a_site_may_weigh_a_filter_its_own_way(candidate: Make) -> None:
    screening = screen(candidate("HELLO"), FACTS, (loud, kind), Policy(weights={"loud": 7.5}))
    assert (screening.score, screening.verdict) == (6.5, Verdict.REJECT)


@pytest.mark.parametrize(("reject_at", "verdict"), [(4.0, Verdict.REJECT), (4.1, Verdict.HOLD)])
def test_a_rejection_is_advised_from_the_sites_score_on(
    candidate: Make, reject_at: float, verdict: Verdict
) -> None:
    policy = Policy(spam_at=2.0, reject_at=reject_at)
    assert screen(candidate("HELLO"), FACTS, (loud,), policy).verdict is verdict


def test_nothing_found_is_advised_for_approval(candidate: Make) -> None:
    screening = screen(candidate("HELLO"), FACTS, (silent,), Policy(reject_at=6.0))
    assert (screening.signals, screening.score, screening.verdict) == ((), 0.0, Verdict.APPROVE)


def test_a_filter_that_raises_spoils_nothing_and_calls_a_person(candidate: Make) -> None:
    with capture_logs() as logs:
        screening = screen(candidate("HELLO"), FACTS, (broken, loud), Policy(spam_at=1.0, reject_at=1.0))
    failed, heard = screening.signals
    assert failed == Signal("not_checked", 0.0, 0.0, "The word count filter could not run.")
    assert heard.points == 4.0
    assert (screening.score, screening.verdict) == (4.0, Verdict.HOLD)
    assert logs == [
        {"event": "filter.failed", "filter": "word_count", "error": "RuntimeError", "log_level": "error"}
    ]


@pytest.mark.parametrize(
    "answer",
    [
        Signal("garbage", math.nan, 1.0, "x"),
        Signal("garbage", 1.01, 1.0, "x"),
        Signal("garbage", -math.inf, 1.0, "x"),
        Signal("garbage", 1.0, 1.0, "x", spans=[Span("text", 0, 6)]),
        Signal("garbage", 1.0, 1.0, "x", spans=[Span("text", 3, 3)]),
        Signal("garbage", 1.0, 1.0, "x", spans=[Span("e-mail", 0, 1)]),
        Signal("garbage", 1.0, 1.0, "x", spans=[Span("website", 0, 1)]),
        "spam",
        0.5,
    ],
)
def test_a_filter_that_answers_nonsense_has_failed(candidate: Make, answer: object) -> None:
    with capture_logs():
        screening = screen(
            candidate("HELLO"), FACTS, (answering(answer), loud), Policy(spam_at=1.0, reject_at=1.0)
        )
    assert screening.signals[0].sentence == "The garbage filter could not run."
    assert (screening.score, screening.verdict) == (4.0, Verdict.HOLD)


def test_a_weight_that_is_no_number_is_refused_by_the_policy() -> None:
    with pytest.raises(FieldRefused, match="loud"):
        Policy(weights={"loud": math.inf})


def test_a_run_that_did_not_end_has_one_line_and_waits_for_a_person() -> None:
    screening = not_checked("The filters took too long.")
    assert screening.signals == (Signal("not_checked", 0.0, 0.0, "The filters took too long."),)
    assert (screening.score, screening.verdict) == (0.0, Verdict.HOLD)
