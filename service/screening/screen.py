"""The run of all filters: every one is asked, none can spoil the run, and their points add up to a bill."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from service.model.screenings import Policy, Screening, Signal, Span, Verdict
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter

NOT_CHECKED: Final = "not_checked"
_log = structlog.get_logger("greenroom.screening")


def screen(candidate: Candidate, facts: Facts, filters: Sequence[Filter], policy: Policy) -> Screening:
    """Ask every filter, add up the points, and advise.

    A filter that fails costs a line of no points that names it, and a person must look: the verdict is
    never more than `HOLD` then. `APPROVE` is kept for sites that switch automatic approval on.
    """
    signals = [signal for each in filters if (signal := _run(each, candidate, facts, policy))]
    score = math.fsum(signal.points for signal in signals)
    failed = any(signal.name == NOT_CHECKED for signal in signals)
    verdict = Verdict.REJECT if score >= policy.reject_at and not failed else Verdict.HOLD
    return Screening(tuple(signals), score, verdict)


def not_checked(sentence: str) -> Screening:
    """What stands in for a screening that did not come to its end."""
    return Screening((_not_checked(sentence),), 0.0, Verdict.HOLD)


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


def _not_checked(sentence: str) -> Signal:
    return Signal(NOT_CHECKED, 0.0, 0.0, sentence)


def _refuse_nonsense(signal: Signal, candidate: Candidate) -> None:
    if not -1 <= signal.strength <= 1:
        raise ValueError("A strength is a number from -1 to 1.")
    if not math.isfinite(signal.weight):
        raise ValueError("A weight is a finite number.")
    _refuse_stray_spans(signal.spans, candidate)


def _refuse_stray_spans(spans: Iterable[Span], candidate: Candidate) -> None:
    fields = {"name": candidate.name, "text": candidate.text, "website": candidate.website or ""}
    for span in spans:
        if not 0 <= span.start < span.end <= len(fields[span.field]):
            raise ValueError("A span lies inside its field.")
