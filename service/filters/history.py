"""History: what people decided about earlier comments of this author, this network, and with these links."""

import math
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts, Record
from service.screening.filter import filter

# As if two had been approved and one rejected before: a single decision is no reputation.
_PRIOR: Final = (2.0, 1.0)
_LOUD: Final = 2.5


@filter("history", weight=3.0, says="Comments with something in common were decided on before.")
def history(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak for approved ancestors with a minus sign, against rejected ones with a plus.

    The strongest of author, network and links counts; an approved author outweighs a network in common.
    """
    if not any(record.decided for record in (facts.author, facts.network, *facts.hosts.values())):
        return None
    worst = max(
        (("links to the same sites", record) for record in facts.hosts.values()),
        key=lambda each: _leaning(each[1]),
        default=("links to the same sites", Record()),
    )
    known = [("this author", facts.author), worst, ("this network", facts.network)]
    if facts.author.approved > 2 * (facts.author.spam + facts.author.rejected):
        known = known[:2]
    whose, record = max(known, key=lambda each: abs(_leaning(each[1])))
    strength = _leaning(record)
    if abs(strength) < 0.1:
        return None
    refused = record.spam + record.rejected
    fates = f"{record.approved} were approved and {refused} rejected"
    return history.signal(strength, says=f"Of earlier comments by or with {whose}, {fates}.")


def _leaning(record: Record) -> float:
    """From −1 (all approved) to 1 (all spam): log-odds with a prior, near 0 where few were decided."""
    if not record.decided:
        return 0.0
    against = record.spam + 0.5 * record.rejected
    odds = math.log((against + _PRIOR[1]) / (record.approved + _PRIOR[0])) - math.log(_PRIOR[1] / _PRIOR[0])
    return max(-1.0, min(1.0, odds / _LOUD))
