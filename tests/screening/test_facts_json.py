"""Facts survive being stored, and what is not ours is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.screening.facts import Facts, Likeness, Record
from service.screening.facts_json import facts_from_json, facts_to_json

NUMBERS = st.integers(0, 1_000)
RECORDS = st.builds(Record, NUMBERS, NUMBERS, NUMBERS)
DAYS = st.none() | st.floats(0, 10_000)
HOSTS = st.from_regex(r"[a-z0-9-]{1,20}\.example", fullmatch=True)
FACTS = st.builds(
    Facts,
    honeypot=st.booleans(),
    fill_seconds=DAYS,
    has_form_token=st.booleans(),
    own_hosts=st.frozensets(HOSTS, max_size=3),
    language=st.sampled_from(["en", "de", "ur"]),
    disposable_email=st.booleans(),
    network_recent=NUMBERS,
    page_recent=NUMBERS,
    page_age_days=DAYS,
    page_quiet_days=DAYS,
    author=RECORDS,
    network=RECORDS,
    hosts=st.dictionaries(HOSTS, RECORDS, max_size=3),
    likeness=st.builds(Likeness, NUMBERS, NUMBERS, NUMBERS, RECORDS),
)


@given(FACTS)
def test_facts_come_back_as_they_were(facts: Facts) -> None:
    assert facts_from_json(facts_to_json(facts)) == facts


def test_usual_values_take_no_room() -> None:
    stored = facts_to_json(Facts(honeypot=False, fill_seconds=12.5, has_form_token=True))
    assert json.loads(stored) == {"honeypot": False, "fill_seconds": 12.5, "has_form_token": True}


def test_facts_that_nobody_wrote_down_are_nothing_remarkable() -> None:
    assert facts_from_json("{}") == Facts(honeypot=False, fill_seconds=None, has_form_token=True)


@pytest.mark.parametrize(
    "text", ["", "[]", '"x"', "1", '{"honeypot": "perhaps"}', '{"author": {"spam": "x"}}']
)
def test_what_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        facts_from_json(text)
