from collections.abc import Callable

import pytest

from service.screening.candidate import Candidate
from service.screening.contacts import MAX_CONTACTS, find_contacts
from service.screening.folding import fold

Make = Callable[..., Candidate]


@pytest.mark.parametrize(
    "written",
    [
        "+44 7700 900123",
        "+1 2 0 9 5 5 5 0 1 4 3",
        "+1⇢555⇢016⇢7781",
        "➒➑➐ ➎➎➎ ➊➋➌➍",
        "sam@example.org",
        "t.me/somebody_x",
        "telegram @somebody",
        "WhatsApp: 0300 5550123",
        "واٹس ایپ کریں 03005550166",
    ],
)
def test_ways_to_be_reached_are_found(candidate: Make, written: str) -> None:
    made = candidate(f"Hello, {written} thanks")
    contacts, _ = find_contacts(made.folded_text, "text")
    assert any(made.quote(span).strip("(") in written or written in made.quote(span) for span in contacts)


@pytest.mark.parametrize(
    "text",
    [
        "The flight of 22.05.2020 and the report of 2024-02-20",
        "From 1,204,332 votes to 987,114",
        "Between 2015-2016 and 2018 - 2019, as in 1965 1971 1999",
        "They ask 250.000 - 300.000 dong, and 12.345.678 people pay",
        "ISBN 978-3-16-148410-0",
        "Instagram likes are not votes",
        "imo the minister lied",
        "@Karl 12:34, exactly what I meant",
    ],
)
def test_dates_numbers_and_replies_are_no_contacts(text: str) -> None:
    assert find_contacts(fold(text), "text") == ([], [])


def test_a_handle_counts_where_readers_are_asked_to_use_it() -> None:
    contacts, asked = find_contacts(fold("dm me, I am @somebody"), "text")
    assert (len(contacts), len(asked)) == (1, 1)


def test_no_more_are_kept_than_anybody_wants_to_see() -> None:
    contacts, asked = find_contacts(fold("dm me sam@example.org, " * 50), "text")
    assert (len(contacts), len(asked)) == (MAX_CONTACTS, MAX_CONTACTS)
