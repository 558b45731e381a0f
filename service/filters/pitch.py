"""A pitch: the vocabulary of a trade, with a promise, a price, or a way to buy."""

from collections.abc import Sequence
from typing import Final

from service.model.screenings import Signal, Span
from service.screening.candidate import Candidate
from service.screening.contacts import find_contacts
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import foreign_links
from service.screening.pitches import Phrase, find_phrases

MAX_QUOTES: Final = 6
# What other filters speak about.
_ELSEWHERE: Final = frozenset({"praise", "seller"})
TRADES: Final = {
    "earning": "easy earnings",
    "investing": "investments",
    "recovery": "recovering money",
    "loans": "loans",
    "gambling": "gambling",
    "pharma": "medicine or slimming",
    "spells": "spells",
    "dating": "dating or sex",
    "services": "services",
    "selling": "goods",
    "winning": "prizes",
}


@filter("pitch", weight=5.2, says="It reads like an advertisement.")
def pitch(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when a trade meets a promise, a request or a way to be reached; a topic alone is no pitch."""
    found = [
        each
        for field, folded in (("text", candidate.folded_text), ("name", candidate.folded_name))
        for each in find_phrases(folded, field)
        if each.group not in _ELSEWHERE
    ]
    trades = list(dict.fromkeys(each.group for each in found if each.group in TRADES))
    asks = any(each.group == "asking" for each in found)
    contacts, asked = find_contacts(candidate.folded_text, "text")
    reach = bool(contacts) + bool(foreign_links(candidate, facts.own_hosts)) + bool(asked)
    claims = sum(any(each.group == group for each in found) for group in ("money", "testimony"))
    if not trades:
        return _promotion(found, contacts, asks=asks, reach=reach)
    in_name = any(each.span.field == "name" and each.group in TRADES for each in found)
    weight = 0.1 * min(len(trades), 3) + 0.08 * min(len(found), 5)
    weight += 0.2 * asks + 0.22 * reach + 0.12 * claims + 0.2 * in_name
    if asks + reach + claims + in_name + (len(trades) > 1) == 0:
        return None
    return pitch.signal(
        min(1.0, weight),
        says=f"It reads like an advertisement for {_listed([TRADES[trade] for trade in trades[:2]])}.",
        spans=[*(each.span for each in found), *contacts],
        evidence=_quotes(candidate, [each.span for each in found]),
    )


def _promotion(found: Sequence[Phrase], contacts: Sequence[Span], *, asks: bool, reach: int) -> Signal | None:
    """Who only asks for clicks or followers sells attention."""
    if not asks or not reach:
        asking = sum(each.group == "asking" for each in found)
        if asking < 2:
            return None
        return pitch.signal(
            min(1.0, 0.25 * asking),
            says="It asks readers to follow or visit somebody.",
            spans=[each.span for each in found if each.group == "asking"],
        )
    return pitch.signal(
        min(1.0, 0.3 + 0.2 * reach),
        says="It asks readers to visit, follow or write to somebody.",
        spans=[*(each.span for each in found if each.group == "asking"), *contacts],
    )


def _quotes(candidate: Candidate, spans: Sequence[Span]) -> Sequence[str]:
    return list(dict.fromkeys(candidate.quote(span)[:60] for span in spans))[:MAX_QUOTES]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words)
