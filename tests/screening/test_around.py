"""What is sought around the rarest part of a pattern is what a search of the whole text finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.screening.candidate import prepare
from service.screening.lexicon.around import around
from service.screening.lexicon.finding import Found, find

DASH, DASHED = re.compile(r"-(?<=[a-z]-)[a-z]"), re.compile(r"(?<![\w-])[a-z]{1,9}-[a-z]{1,8}(?![\w-])")
PIECES = ("f-ck", "sh-t", "a", "b-", "-", "--", "-c", " ", "\n", "word", "x" * 12, "s-h-t", "ab-cd-ef", "é")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_it_finds_what_a_search_of_the_whole_finds(text: str) -> None:
    found = [match.span() for match in around(DASH, DASHED, text, 20)]
    assert found == [match.span() for match in DASHED.finditer(text)]


@pytest.mark.parametrize("times", [50, 51, 500])
def test_so_it_does_where_there_are_many(times: int) -> None:
    text = "a f-ck of theirs. " * times
    found = [match.span() for match in around(DASH, DASHED, text, 20)]
    assert found == [(18 * place + 2, 18 * place + 6) for place in range(times)]


def test_nothing_is_found_twice() -> None:
    pair = re.compile(r"[a-z]-[a-z]-[a-z]")
    assert [match.span() for match in around(re.compile("-"), pair, "a-b-c-d", 10)] == [(0, 5)]


DISGUISED = (
    *("f**k", "F***", "s#!t", "b*****t", "sh-t", "f--king", "f…k", "sh.t", "_f_ck", "f_ck", "WhatAWanker"),
    *("#FuckThisTollTaxAndAllOfIt", "sh[i]t", "(sh(i)t)", "bull" * 8, "A*", "*", "-", "_", "!", "Mc", "ck"),
    *(" ", " ", "\n", "news", "x@y", "9", "é"),
)


@given(st.lists(st.sampled_from(DISGUISED), max_size=20).map("".join))
def test_words_in_disguise_are_found_beside_much_that_looks_like_some_as_they_are_alone(text: str) -> None:
    much = "\n" + "zz-zz zz*zz zzZzz zz[z]z " * 60
    assert words(text + much) == words(text + "\n")


def words(text: str) -> list[Found]:
    return [*find(prepare(text), "en")]
