"""Knowledge made ready for use: compiled terms and the learner, what is newest of each site's."""

from dataclasses import dataclass

from service.screening.knowledge import Knowledge
from service.screening.learner.learner import Learner
from service.screening.terms import Terms, compile_terms


@dataclass(frozen=True, slots=True)
class _Ready:
    knowledge: Knowledge
    terms: Terms
    learner: Learner | None


class Expertise:
    """What was made ready so far; only what differs is made anew, and what was before it is dropped."""

    def __init__(self) -> None:
        self._ready: dict[int, _Ready] = {}

    def of(self, knowledge: Knowledge) -> tuple[Terms, Learner | None]:
        """The terms and the learner of this knowledge."""
        ready = self._ready.get(knowledge.site_id)
        if ready is None or ready.knowledge is not knowledge:
            ready = self._ready[knowledge.site_id] = _made(knowledge, ready)
        return ready.terms, ready.learner


def _made(knowledge: Knowledge, before: _Ready | None) -> _Ready:
    if before and before.knowledge.terms == knowledge.terms:
        terms = before.terms
    else:
        terms = compile_terms(knowledge.terms)
    if before and before.knowledge.weights == knowledge.weights:
        learner = before.learner
    else:
        learner = Learner.from_bytes(knowledge.weights) if knowledge.weights else None
    return _Ready(knowledge, terms, learner)
