"""Spam of every kind is told from comments about the same things."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from service.filters import FILTERS
from service.model.screenings import Policy, Screening
from service.model.terms import Term, TermKind
from service.screening.candidate import Candidate, prepare
from service.screening.disposable import is_disposable
from service.screening.facts import Facts, Likeness, Record
from service.screening.screen import screen
from service.screening.terms import compile_terms

Make = Callable[..., Candidate]
FACTS = Facts(False, 30.0, True, own_hosts=frozenset({"news.example"}))


def look(text: str, name: str = "Sam", website: str | None = None, facts: Facts = FACTS) -> Screening:
    return screen(prepare(text, name=name, website=website), facts, FILTERS, Policy())


def spoke(screening: Screening) -> set[str]:
    return {signal.name for signal in screening.signals}


SPAM = [
    ("Earn 400 dollars a day from home, no experience needed: www.money.example.com", "Jenny", None, "pitch"),
    (
        "Hello, I offer a personal loan at 2% interest, write me at loans@example.com",
        "Mr Smith",
        None,
        "pitch",
    ),
    (
        "Win big at our online casino, free spins for new players http://spin.example.bet",
        "Lucky",
        None,
        "pitch",
    ),
    (
        "Viagra and Cialis without prescription, discount for readers, order now",
        "Rx",
        "http://rx.example.top",
        "pitch",
    ),
    ("A spell caster brought my ex back in 3 days, WhatsApp +234 555 010 0199", "Mary", None, "pitch"),
    ("Check out my channel and subscribe, new videos daily youtube.example.com/sam", "Sam", None, "pitch"),
    ("Plz follow my soundcloud, i make beats and i do covers", "Sam", None, "pitch"),
    ("follow 4 follow, pls like", "Sam", None, "pitch"),
    ("Help us reach 500 subscribers, our new song is up, come and watch", "Sam", None, "pitch"),
    (
        "Great post! Very informative article, keep up the good work.",
        "cheap shoes",
        "http://shoes.example.com",
        "praise",
    ),
    ("{Great|Nice|Awesome} {post|article}, I {love|like} it", "John", None, "template"),
    ("Visit pills dot example dot com, best-pills dot com no prescription", "Al", None, "spelt_out"),
    ("𝐁𝐞𝐬𝐭 𝐜𝐚𝐬𝐢𝐧𝐨 𝐨𝐟 𝟐𝟎𝟐𝟔", "x", None, "disguise"),
    ("Dіscоunt cоdes fоr shоes аt оur shоp", "x", None, "disguise"),
    ("Gana dinero desde casa, 300 euros al día, escríbeme al WhatsApp +34 600 555 010", "Ana", None, "pitch"),
    ("Verdiene 500 Euro am Tag von zu Hause, klick hier http://geld.example.de", "Klaus", None, "pitch"),
    ("گھر بیٹھے روزانہ پانچ ہزار کمائیں، واٹس ایپ کریں 03005550166", "کام", None, "pitch"),
    ("Ghar baithay online kamai karein, rozana 5000, whatsapp 0312-5550177", "Kaam", None, "pitch"),
]


@pytest.mark.parametrize(("text", "name", "website", "filter_name"), SPAM)
def test_spam_is_noticed_and_says_why(text: str, name: str, website: str | None, filter_name: str) -> None:
    screening = look(text, name, website)
    assert filter_name in spoke(screening)
    assert screening.score >= 2.0


def test_most_of_it_looks_like_spam_without_any_history() -> None:
    flagged = [look(text, name, website).score >= Policy().spam_at for text, name, website, _ in SPAM]
    assert sum(flagged) >= 11


HAM = [
    "I work from home and still pay more tax than your whole cabinet.",
    "Casino money built half of that skyline and nobody asks who owns it.",
    "My mother was prescribed sildenafil; the shortage of such medicine is real.",
    "Loan sharks drove my neighbour to despair. Ban their apps.",
    "I lost my savings in that crypto scheme, and nobody has returned a penny.",
    "The ruling is here: https://court.example.gov/ruling.pdf if anybody wants to read it.",
    "Call your MP; her office is 020 7946 0958, and they do answer.",
    "Great article. One correction: the bill passed on the 14th.",
    "Thanks for this, the timeline at the end was useful.",
    "Subscribe button is broken on Firefox, by the way.",
    "The paper gained 500 subscribers after the strike; please support local news.",
    "Our music teacher lost her job. Please support the petition, and come and see the school.",
    "THIS IS NOT JUSTICE. THIS IS A CIRCUS, AND YOU ALL KNOW IT.",
    "shame shame shame shame shame",
    "Go Nawaz go! Go Nawaz go! Go Nawaz go!",
    "Gano 1.100 euros al mes y el alquiler son 850.",
    "Mein Kredit läuft noch 20 Jahre und die Zinsen steigen.",
    "یہ خبر ادھوری ہے، پورا فیصلہ شائع کریں۔",
    "Energy grew by μm and Ωmega; E = mc².",
    "The price went from 180,000 to 310,000 in one year.",
    "👏👏👏👏👏",
    "Compare 2018: 51.7%. 2024: 47.6%. 2026: who knows.",
]


@pytest.mark.parametrize("text", HAM)
def test_comments_about_the_same_things_do_not_look_like_spam(text: str) -> None:
    assert look(text).score < Policy().spam_at


def test_contacts_are_marked_and_never_quoted() -> None:
    screening = look("Contact me for a loan offer: jane.doe@example.org or +44 20 7946 0958")
    assert {"contacts", "pitch"} <= spoke(screening)
    assert all("@" not in f"{signal.sentence}{signal.evidence}" for signal in screening.signals)


facts = partial(Facts, False, 30.0, True)


@pytest.mark.parametrize(
    ("known", "name", "sign"),
    [
        (facts(network_recent=20), "velocity", 1),
        (facts(disposable_email=True), "disposable_email", 1),
        (facts(page_age_days=400.0, page_quiet_days=90.0, page_recent=4), "old_page", 1),
        (facts(author=Record(approved=9)), "history", -1),
        (facts(author=Record(spam=4)), "history", 1),
        (facts(hosts={"x.example": Record(spam=6)}), "history", 1),
        (facts(network=Record(spam=8, approved=1)), "history", 1),
        (facts(likeness=Likeness(1, 5, 4, Record(spam=4))), "likeness", 1),
    ],
)
def test_what_is_known_beside_the_words_counts(known: Facts, name: str, sign: int) -> None:
    [signal] = [each for each in look("A plain remark.", facts=known).signals if each.name == name]
    assert signal.points * sign > 0.3


def test_a_rush_on_a_page_counts_against_links_of_strangers_alone() -> None:
    rush, link = facts(page_recent=90), "See https://shop.example/ for more."
    assert "busy_page" in spoke(look(link, facts=rush))
    assert "busy_page" in spoke(look("Fine.", website="https://shop.example/", facts=rush))
    for text, known in (
        ("A plain remark.", rush),
        (link, facts(page_recent=30)),
        (link, facts(page_recent=90, author=Record(approved=1))),
        (link, facts(page_recent=90, own_hosts=frozenset({"shop.example"}))),
    ):
        assert "busy_page" not in spoke(look(text, facts=known))


@pytest.mark.parametrize(
    "known",
    [
        facts(network_recent=5),
        facts(page_age_days=400.0, page_quiet_days=2.0, page_recent=9),
        facts(page_age_days=3.0, page_quiet_days=None),
        facts(author=Record(approved=1)),
        facts(network=Record(rejected=1)),
    ],
)
def test_what_happens_every_day_says_little(known: Facts) -> None:
    assert abs(look("A plain remark.", facts=known).score) < 0.9


def test_an_honest_double_post_costs_little_and_copies_of_rejected_ones_much() -> None:
    double = facts(likeness=Likeness(same=1, pages=1))
    copies = facts(likeness=Likeness(same=3, similar=2, pages=3, record=Record(spam=5)))
    assert look("A plain remark.", facts=double).score < 0.6
    assert look("A plain remark.", facts=copies).score >= Policy().spam_at


def test_an_approved_author_outweighs_a_network_in_common() -> None:
    known = facts(author=Record(approved=8), network=Record(spam=10))
    assert look("A plain remark.", facts=known).score < 0


def test_a_sites_blocked_terms_count_and_an_allowed_one_around_them_silences_them() -> None:
    terms = compile_terms([Term(TermKind.BLOCK, "shill"), Term(TermKind.ALLOW, "shill bidding")])
    blocked = screen(prepare("You SHILL!", terms=terms), FACTS, FILTERS, Policy())
    allowed = screen(prepare("Shill bidding is illegal.", terms=terms), FACTS, FILTERS, Policy())
    within = screen(prepare("The shilling is gone.", terms=terms), FACTS, FILTERS, Policy())
    assert [spoke(each) for each in (blocked, allowed, within)] == [{"terms"}, set(), set()]


def test_terms_are_found_in_the_name_the_text_and_the_website() -> None:
    terms = compile_terms([Term(TermKind.BLOCK, "quango"), Term(TermKind.ALLOW, "quango.example")])
    found = prepare("Fine.", name="Quango", website="https://www.quango.test/about", terms=terms)
    assert [(hit.span.field, found.quote(hit.span)) for hit in found.blocked] == [
        ("name", "Quango"),
        ("website", "quango"),
    ]
    assert not prepare("Fine.", website="https://quango.example/", terms=terms).blocked


def test_a_phrase_is_found_across_the_end_of_a_line_and_wider_spaces() -> None:
    terms = compile_terms([Term(TermKind.BLOCK, "free \u00a0 money")])
    for text in ("🙂 Free  money!", "🙂 Free\r\nmoney!", "🙂  \t FREE \u3000 \n MONEY"):
        candidate = prepare(text, terms=terms)
        [hit] = candidate.blocked
        assert "".join(candidate.quote(hit.span).casefold().split()) == "freemoney"


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("mailinator.com", True),
        ("x.mailinator.com", True),
        ("example.org", False),
        ("com", False),
        ("", False),
    ],
)
def test_throw_away_mailboxes_are_known_by_domain(domain: str, expected: bool) -> None:
    assert is_disposable(domain) is expected


def test_every_process_gives_the_same_strength_to_the_last_digit_and_the_same_evidence() -> None:
    asked = (
        "from service.filters.pitch import pitch; from service.screening.candidate import prepare\n"
        "from service.screening.facts import Facts\n"
        "text = 'Grâce au maître marabout mon mari est revenu en 3 jours, WhatsApp +229 55 50 10 10'\n"
        "print(repr(pitch(prepare(text), Facts(False, 30.0, True)).strength))\n"
        "from service.filters.repetition import repetition\n"
        "text = 'sell the keeper, sell the manager, sell the bus, sell the pies, sell the lot of them'\n"
        "print(repetition(prepare(text), Facts(False, 30.0, True)).evidence)"
    )
    # With these two, sets of words are gone through in different orders.
    one, other = (
        subprocess.check_output([sys.executable, "-c", asked], env=os.environ | {"PYTHONHASHSEED": seed})
        for seed in ("0", "7")
    )
    assert one == other
