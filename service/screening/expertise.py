"""Knowledge made ready for use: compiled terms and the learner, the newest version of each site's."""

from dataclasses import dataclass

from service.screening.knowledge import Knowledge
from service.screening.learner.learner import Learner
from service.screening.terms import Terms, compile_terms


@dataclass(frozen=True, slots=True)
class _Ready:
    terms_version: int
    weights_version: int
    terms: Terms
    learner: Learner | None


class Expertise:
    """What was made ready so far; older versions are dropped."""

    def __init__(self) -> None:
        self._ready: dict[int, _Ready] = {}

    def of(self, knowledge: Knowledge) -> tuple[Terms, Learner | None]:
        """The terms and the learner of this knowledge."""
        ready = self._ready.get(knowledge.site_id)
        if ready is None or ready.terms_version != knowledge.terms_version:
            terms = compile_terms(knowledge.terms)
        else:
            terms = ready.terms
        if ready is None or ready.weights_version != knowledge.weights_version:
            learner = Learner.from_bytes(knowledge.weights) if knowledge.weights else None
        else:
            learner = ready.learner
        made = _Ready(knowledge.terms_version, knowledge.weights_version, terms, learner)
        self._ready[knowledge.site_id] = made
        return terms, learner
