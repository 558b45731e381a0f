"""The run of all filters: every one is asked, none can spoil the run, and their points add up to a bill."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from service.model.screenings import (
    LEARNED,
    MAX_SEVERITY,
    NOT_CHECKED,
    Axis,
    Policy,
    Screening,
    Signal,
    Span,
    Verdict,
)
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.learner.features import read
from service.screening.learner.learner import Learner

_log = structlog.get_logger("greenroom.screening")


def screen(
    candidate: Candidate,
    facts: Facts,
    filters: Sequence[Filter],
    policy: Policy,
    learner: Learner | None = None,
) -> Screening:
    """Ask every filter and then the learner, add up the points, and advise.

    A filter that fails costs a line of no points that names it, and a person must look: the verdict is
    `HOLD` then.
    """
    signals = [signal for each in filters if (signal := _run(each, candidate, facts, policy))]
    if learner is None:
        return total(signals, policy)
    line, probability = _learned(learner, candidate, facts, signals, policy)
    return replace(total([*signals, *line], policy), learned=probability)


def total(signals: Sequence[Signal], policy: Policy) -> Screening:
    """The bill that these lines make: a pure function of what is stored with every comment."""
    score = math.fsum(signal.points for signal in signals if signal.axis is Axis.SPAM)
    severity = max((signal.severity for signal in signals), default=0)
    return Screening(tuple(signals), score, severity, _advice(signals, score, severity, policy))


def not_checked(sentence: str) -> Screening:
    """What stands in for a screening that did not come to its end."""
    return total((_not_checked(sentence),), Policy())


def _advice(signals: Sequence[Signal], score: float, severity: int, policy: Policy) -> Verdict:
    if any(signal.name == NOT_CHECKED for signal in signals):
        return Verdict.HOLD
    if score >= policy.reject_at:
        return Verdict.REJECT
    return Verdict.APPROVE if score <= policy.approve_at and severity == 0 else Verdict.HOLD


def _run(each: Filter, candidate: Candidate, facts: Facts, policy: Policy) -> Signal | None:
    try:
        signal = each(candidate, facts)
        if signal is None:
            return None
        signal = replace(signal, weight=policy.weights.get(each.name, each.weight))
        _refuse_nonsense(signal, candidate)
    except Exception as error:  # noqa: BLE001 - whatever a filter does wrong, the comment must reach a person
        # The kind of error only: its message may quote the comment.
        _log.error("filter.failed", filter=each.name, error=type(error).__name__)
        return _not_checked(f"The {each.name.replace('_', ' ')} filter could not run.")
    return signal


def _learned(
    learner: Learner, candidate: Candidate, facts: Facts, signals: Sequence[Signal], policy: Policy
) -> tuple[Sequence[Signal], float | None]:
    """The learner's line, if it has one, and the probability that it gives."""
    try:
        opinion = learner.judge(read(candidate, facts, signals))
        signal = learner.signal(opinion)
        if signal is None:
            return (), opinion.probability
        signal = replace(signal, weight=policy.weights.get(LEARNED, signal.weight))
        _refuse_nonsense(signal, candidate)
    except Exception as error:  # noqa: BLE001 - as with a filter
        _log.error("filter.failed", filter=LEARNED, error=type(error).__name__)
        return (_not_checked("What was learned here could not be asked."),), None
    return (signal,), opinion.probability


def _not_checked(sentence: str) -> Signal:
    return Signal(NOT_CHECKED, 0.0, 0.0, sentence)


def _refuse_nonsense(signal: Signal, candidate: Candidate) -> None:
    if not -1 <= signal.strength <= 1:
        raise ValueError("A strength is a number from -1 to 1.")
    if not math.isfinite(signal.weight):
        raise ValueError("A weight is a finite number.")
    if not (signal.severity == 0 if signal.axis is Axis.SPAM else 1 <= signal.severity <= MAX_SEVERITY):
        raise ValueError("Severity is 0 on the spam axis, and 1 to 3 on the profanity axis.")
    _refuse_stray_spans(signal.spans, candidate)


def _refuse_stray_spans(spans: Iterable[Span], candidate: Candidate) -> None:
    fields = {"name": candidate.name, "text": candidate.text, "website": candidate.website or ""}
    for span in spans:
        if not 0 <= span.start < span.end <= len(fields[span.field]):
            raise ValueError("A span lies inside its field.")
