from collections.abc import Callable

import pytest

from service.filters.links import links
from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts

Make = Callable[..., Candidate]
PROSE = "I read the ruling and the minister's answer, and they do not say the same thing. "


@pytest.fixture
def look(candidate: Make) -> Callable[..., Signal | None]:
    def run(text: str, name: str = "Sam", own: frozenset[str] = frozenset()) -> Signal | None:
        return links(candidate(text, name=name), Facts(False, 20.0, True, own))

    return run


Look = Callable[..., Signal | None]


def test_one_link_in_a_discussion_costs_little(look: Look) -> None:
    signal = look(PROSE + "See https://court.example/ruling.")
    assert signal is not None
    assert signal.points == pytest.approx(0.6)
    assert signal.sentence == "One link to another site."
    assert signal.evidence == ["court.example"]


def test_many_links_cost_more_up_to_the_whole_weight(look: Look) -> None:
    bills = [look(PROSE * n + "https://a.example/ " * n) for n in range(1, 7)]
    points = [bill.points for bill in bills if bill]
    assert points == sorted(points)
    assert points[-1] == 3.0
    assert bills[2] is not None
    assert bills[2].sentence == "3 links to other sites."


def test_each_link_is_marked_where_it_stands(candidate: Make) -> None:
    made = candidate(PROSE + "https://a.example/x, and b.example.com")
    signal = links(made, Facts(False, 20.0, True))
    assert signal is not None
    assert [made.quote(span) for span in signal.spans] == ["https://a.example/x", "b.example.com"]


def test_a_text_that_is_mostly_links_says_so(look: Look) -> None:
    signal = look("Look: https://a.example/a-long-address-for-a-short-text")
    assert signal is not None
    assert signal.sentence == "One link to another site; more than half of the text is links."
    assert signal.points == pytest.approx(1.5)


def test_a_link_in_the_name_is_hardly_ever_honest(look: Look) -> None:
    signal = look(PROSE, name="www.cheap.example")
    assert signal is not None
    assert signal.sentence == "A link in the author's name."
    assert [span.field for span in signal.spans] == ["name"]


@pytest.mark.parametrize("text", ['<a href="x">watches</a>', "[url=x]watches[/url]"])
def test_link_markup_counts_even_without_a_link(look: Look, text: str) -> None:
    signal = look(PROSE + text)
    assert signal is not None
    assert signal.sentence == "Link markup such as programs write."


@pytest.mark.parametrize("host", ["news.example", "www.news.example", "sport.news.example", "NEWS.example"])
def test_links_to_the_site_itself_cost_nothing(look: Look, host: str) -> None:
    assert look(f"As in https://{host}/story", own=frozenset({"news.example", ""})) is None


@pytest.mark.parametrize("host", ["fakenews.example", "news.example.com", "nеws.example"])
def test_hosts_that_only_look_like_the_sites_own_count(look: Look, host: str) -> None:
    assert look(f"As in https://{host}/story", own=frozenset({"news.example"})) is not None


def test_no_links_no_signal(look: Look) -> None:
    assert look(PROSE + "Write to me at sam@example.org.") is None


def test_no_more_than_five_hosts_are_quoted_and_each_once(look: Look) -> None:
    signal = look(" ".join(f"https://h{n % 8}.example/" for n in range(24)))
    assert signal is not None
    assert len(signal.evidence) == len(set(signal.evidence)) == 5
