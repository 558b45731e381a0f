"""Identifiers: UUIDv7, in the order of time, and read in one spelling only."""

import time
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ids import new_id, parse_id

MILLISECONDS = st.integers(min_value=0, max_value=2**48 - 1)


@given(MILLISECONDS)
def test_an_id_is_a_uuid_of_version_seven(at: int) -> None:
    found = new_id(at)
    assert found.version == 7
    assert found.variant == RFC_4122
    assert found.int >> 80 == at


@given(MILLISECONDS, MILLISECONDS)
def test_a_later_id_sorts_later(one: int, other: int) -> None:
    if one != other:
        assert (new_id(one) < new_id(other)) is (one < other)
        assert (str(new_id(one)) < str(new_id(other))) is (one < other)


def test_an_id_carries_the_time_now() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= new_id().int >> 80 <= time.time_ns() // 1_000_000


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id(1_700_000_000_000) for _ in range(5_000)}) == 5_000


def test_every_random_bit_is_used() -> None:
    seen = 0
    for _ in range(200):
        seen |= new_id(0).int
    assert seen == (0x7 << 76) | (0xFFF << 64) | (0b10 << 62) | (2**62 - 1)


@given(st.uuids())
def test_an_id_is_read_as_it_is_written(given_id: UUID) -> None:
    assert parse_id(str(given_id)) == given_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        str(2**63),
        str(10**22),
        "9" * 5_000,
        "\x00",
        "１２",
        "0190A5B0-0000-7000-8000-000000000000",
        "{0190a5b0-0000-7000-8000-000000000000}",
        "urn:uuid:0190a5b0-0000-7000-8000-000000000000",
        "0190a5b0000070008000000000000000",
        "0190a5b0-0000-7000-8000-00000000000",
        "0190a5b0-0000-7000-8000-0000000000000",
        "0190a5b0-0000-7000-8000-00000000000\n",
        "0190a5b0-0000-7000-8000-000000000000\n",
        " 0190a5b0-0000-7000-8000-000000000000",
        "0190a5b0-0000-7000-8000-00000000000١",
        "0190a5b0-0000-7000-8000-00000000000g",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_no_other_spelling_is_an_id(text: str) -> None:
    assert parse_id(text) is None


@given(st.text(max_size=40))
def test_reading_an_id_never_fails(text: str) -> None:
    found = parse_id(text)
    assert found is None or str(found) == text
