"""What readers write about counts for an author, where something counts against."""

from collections.abc import Callable

import pytest

from service.filters import FILTERS
from service.filters.discussion import discussion
from service.filters.name import name
from service.filters.website import website
from service.model.screenings import Policy
from service.screening.candidate import Candidate, prepare
from service.screening.facts import Facts
from service.screening.screen import screen

Make = Callable[..., Candidate]
FACTS = Facts(False, 20.0, True)
TEXT = "We are the pharmacy in the photograph. The queue was for insulin, as your caption did not say."


def test_an_owner_who_speaks_of_the_article_is_heard(candidate: Make) -> None:
    made = candidate(TEXT, name="Shaheen Pharmacy", website="https://shaheenpharmacy.example")
    signal = discussion(made, FACTS)
    assert signal is not None
    assert signal.points < 0
    assert "your caption" in [made.quote(span) for span in signal.spans]


def test_nothing_is_said_for_whom_nothing_counts_against(candidate: Make) -> None:
    assert discussion(candidate(TEXT, name="Ana"), FACTS) is None


def test_it_never_outweighs_what_it_answers(candidate: Make) -> None:
    words = "parliament, the police, the court, voters, the budget, the ministry and the district"
    for who, where in (("Ana", "https://ana.example"), ("Best Visa Consultants", None)):
        made = candidate(words, name=who, website=where)
        lines = [line for each in (name, website, discussion) if (line := each(made, FACTS))]
        assert len(lines) == 2
        assert sum(line.points for line in lines) >= 0


@pytest.mark.parametrize(
    ("text", "website"),
    [
        (
            "Solicitor here. Three months less a day is the limit, and ACAS conciliation stops the clock. "
            "Don't wait: claim before, cost is £400 for a tribunal claim.",
            "https://a.example",
        ),
        (
            "Soy cerrajero y cobrar 900 € por abrir una puerta lo hacen cuatro sinvergüenzas.",
            "https://b.example",
        ),
        ("Je suis plombier et je confirme : un joint coûte 3 €. Demandez un devis.", "https://c.example"),
    ],
)
def test_who_speaks_from_a_trade_does_not_advertise_it(text: str, website: str) -> None:
    made = prepare(text, name="Ana", website=website)
    assert screen(made, FACTS, FILTERS, Policy()).score < Policy().spam_at
