"""What readers write about counts for an author, where something counts against."""

from collections.abc import Callable

from service.filters.discussion import discussion
from service.filters.name import name
from service.filters.website import website
from service.screening.candidate import Candidate
from service.screening.facts import Facts

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
