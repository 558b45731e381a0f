"""Links: how many lead elsewhere, how much of the text they are, and whether they stand where none belong.

Most spam wants to be clicked. One link is ordinary in a discussion and costs little; the site's own pages
cost nothing; a link in the author's name or link markup in plain text is hardly ever honest.
"""

from collections.abc import Sequence
from typing import Final

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter
from service.screening.links import Link, foreign_links, has_cheap_end, has_link_markup, hides_where_it_leads

MAX_QUOTES: Final = 5
LARGE_SHARE: Final = 0.5
_BY_NUMBER: Final = (0.0, 0.2, 0.4, 0.7, 1.0)


@filter("links", weight=3.0, says="It holds links to other sites.")
def links(candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when a link leads away from the site."""
    foreign = foreign_links(candidate, facts.own_hosts)
    markup = has_link_markup(candidate.text)
    if not foreign and not markup:
        return None
    in_text = [link for link in foreign if link.span.field == "text"]
    share = sum(link.span.end - link.span.start for link in in_text) / max(1, len(candidate.text))
    strength = _BY_NUMBER[min(len(in_text), len(_BY_NUMBER) - 1)]
    remarks = [_count(len(in_text))] if in_text else []
    if share > LARGE_SHARE:
        strength += 0.3
        remarks.append("more than half of the text is links")
    if len(in_text) < len(foreign):
        strength += 0.6
        remarks.append("a link in the author's name")
    if hiding := [link for link in foreign if hides_where_it_leads(link.host)]:
        strength += 0.3
        remarks.append(f"{hiding[0].host[:60]} hides where it leads")
    if any(has_cheap_end(link.host) for link in foreign):
        strength += 0.3
        remarks.append("an address of the kind that is used up quickly")
    if markup:
        strength += 1.0
        remarks.append("link markup such as programs write")
    return links.signal(
        min(strength, 1.0),
        says=_sentence(remarks),
        spans=[link.span for link in foreign],
        evidence=_hosts(foreign),
    )


def _count(number: int) -> str:
    return "One link to another site" if number == 1 else f"{number} links to other sites"


def _sentence(remarks: Sequence[str]) -> str:
    sentence = "; ".join(remarks)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _hosts(found: Sequence[Link]) -> Sequence[str]:
    return [host[:100] for host in list(dict.fromkeys(link.host for link in found))[:MAX_QUOTES]]
