"""How sure one can be, from people's decisions, that screening's advice is right often enough.

Pure arithmetic after C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
in the case of the binomial", Biometrika 26 (1934), pages 404 to 413.
"""

import math
from bisect import bisect_left
from typing import Final, NamedTuple

DOUBT: Final = 0.05
WINDOW: Final = 1_000
_STEPS: Final = 40


class Tally(NamedTuple):
    """Of so many comments that were `decided`, people `agreed` with the advice on so many."""

    agreed: int
    decided: int

    @property
    def bound(self) -> float:
        """The one-sided lower 95 % bound of the share that people agree with; 0 without any agreement.

        It is the share at which this many agreements, or more, would be seen in 5 % of all cases.
        """
        if self.agreed == 0:
            return 0.0
        low, high = 0.0, self.agreed / self.decided
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._is_likely(middle) else (middle, high)
        return low

    def reaches(self, target: float) -> bool:
        """Whether the bound is at least `target`: the same question, answered in one step."""
        return self.agreed > target * self.decided and not self._is_likely(target)

    def needs(self, target: float) -> int:
        """How many more agreements, without a miss, would reach `target`; at most a whole window of them."""
        most = window(target)
        more = range(most)
        return bisect_left(more, True, key=lambda n: Tally(self.agreed + n, self.decided + n).reaches(target))

    def _is_likely(self, share: float) -> bool:
        """Whether a true share below the one seen gives this many agreements, or more, too often."""
        return _at_least(self.agreed, self.decided, share) > DOUBT


def window(target: float) -> int:
    """How many of the latest decisions count: 1,000, or twice what a very high target needs at least."""
    return max(WINDOW, 2 * math.ceil(math.log(DOUBT) / math.log(target)))


def _at_least(agreed: int, decided: int, share: float) -> float:
    """The upper tail of the binomial. Above the mean its terms only fall, so that few of them count."""
    term = total = math.exp(
        math.lgamma(decided + 1)
        - math.lgamma(agreed + 1)
        - math.lgamma(decided - agreed + 1)
        + agreed * math.log(share)
        + (decided - agreed) * math.log1p(-share)
    )
    for number in range(agreed, decided):
        term *= (decided - number) / (number + 1) * share / (1 - share)
        total += term
        if term < total * 1e-12:
            break
    return total
