"""What a filter is: a named function of a candidate and facts, with its weight and its sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from service.model.screenings import Axis, Signal, Span
from service.screening.candidate import Candidate
from service.screening.facts import Facts

Function: TypeAlias = Callable[[Candidate, Facts], Signal | None]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. `weight` is what one unit of its strength is worth, `says` what a moderator reads.

    The function is pure and synchronous: same values in, same signal out, None when it has nothing to say.
    """

    name: str
    weight: float
    says: str
    function: Function
    axis: Axis = Axis.SPAM

    def __call__(self, candidate: Candidate, facts: Facts) -> Signal | None:
        """Look at a candidate."""
        return self.function(candidate, facts)

    def signal(
        self,
        strength: float,
        *,
        says: str | None = None,
        spans: Sequence[Span] = (),
        evidence: Sequence[str] = (),
        severity: int = 0,
    ) -> Signal:
        """A signal of this filter; `says` replaces the usual sentence."""
        return Signal(
            self.name, strength, self.weight, says or self.says, spans, evidence, self.axis, severity
        )


def filter(name: str, *, weight: float, says: str, axis: Axis = Axis.SPAM) -> Callable[[Function], Filter]:
    """Make a function a filter. In its body its own name is the filter: `return links.signal(0.5)`."""

    def make(function: Function) -> Filter:
        return Filter(name, weight, says, function, axis)

    return make
