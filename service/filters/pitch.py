"""A pitch: the vocabulary of a trade, with a promise, a price, a request, or a way to buy."""

import math
from collections.abc import Sequence
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.contacts import find_contacts
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import foreign_links
from service.screening.pitches import PROFESSION, Phrase, find_phrases

MAX_QUOTES: Final = 6
TRADES: Final = {
    "earning": "easy earnings",
    "investing": "investments",
    "recovery": "recovering money",
    "loans": "loans",
    "gambling": "gambling",
    "health": "medicine, slimming or massage",
    "spells": "spells and fortune-telling",
    "dating": "dating or sex",
    "search": "search ranking, followers or web design",
    "papers": "papers, certificates or cards",
    "study": "essays and exams",
    "hacking": "hacking",
    "accounts": "accounts, downloads or streams",
    "support": "a support line",
    "goods": "goods",
    "local": "services, travel or property",
    "fortune": "prizes or a fortune",
    "promotion": "a channel or page of its own",
}
# Points for each kind of evidence beside the trade; fitted as log-odds, and rounded.
_KINDS: Final = {"promise": 1.2, "asking": 1.7, "money": 0.7, "testimony": 0.8, "reach": 0.9}
_REPEATED: Final = 0.3
_WARNING: Final = 0.8
_OWN: Final = 0.4
# More words hold more phrases by accident: beyond this many, evidence is worth less.
_PLENTY: Final = 25
_THINNING: Final = 0.7


@filter("pitch", weight=6.0, says="It reads like an advertisement.")
def pitch(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when a trade meets another kind of evidence, or three kinds meet; a topic alone is no pitch."""
    found = list(
        {
            candidate.quote(each.span).casefold(): each
            for each in find_phrases(candidate.folded_text, "text")
        }.values()
    )
    trades = [each for each in found if each.group in TRADES]
    contacts, asked = find_contacts(candidate.folded_text, "text")
    kinds = {each.group for each in found} & _KINDS.keys()
    if asked:
        kinds.add("asking")
    if contacts or candidate.website or foreign_links(candidate, facts.own_hosts):
        kinds.add("reach")
    if len(kinds) < (1 if trades else 3):
        return None
    # The kinds are a set, which each process goes through in an order of its own: `fsum` gives one sum.
    points = _trade_points(trades) + math.fsum(_KINDS[kind] for kind in kinds) + _REPEATED * _repeated(found)
    if "asking" in kinds and any(each.group == "promotion" for each in trades):
        points += _OWN
    # Who says what they are and then how to reach them has said it to sell.
    speaking = {"warning"} if contacts or asked else {"warning", PROFESSION}
    points -= _WARNING * min(2, sum(each.group in speaking for each in found))
    points -= _THINNING * math.log(max(1.0, len(candidate.tokens) / _PLENTY))
    if points < 1.0:
        return None
    telling = [each.span for each in found if each.group in TRADES or each.group in _KINDS]
    return pitch.signal(
        min(1.0, points / pitch.weight),
        says=_sentence(trades),
        spans=[*telling, *contacts],
        evidence=list(dict.fromkeys(candidate.quote(span)[:60] for span in telling))[:MAX_QUOTES],
    )


def _trade_points(trades: Sequence[Phrase]) -> float:
    """Up to three points: a phrase of several words is seldom an accident, a single word often is."""
    amount = sum(1.0 if each.is_long else 0.5 for each in trades)
    return min(3.2, 1.1 * amount) if amount < 2 else min(3.2, 2.2 + 0.4 * (amount - 2))


def _repeated(found: Sequence[Phrase]) -> int:
    """How many kinds come up more than once."""
    groups = [each.group for each in found]
    return sum(groups.count(group) > 1 for group in ("promise", "asking", "testimony"))


def _sentence(trades: Sequence[Phrase]) -> str:
    names = list(dict.fromkeys(TRADES[each.group] for each in trades))[:2]
    if not names:
        return "It makes promises and asks readers to act, as advertisements do."
    return f"It reads like an advertisement for {' and '.join(names)}."
