"""Filters that look at letters and not at words."""

from collections.abc import Callable

import pytest

from service.filters.disguise import disguise
from service.filters.gibberish import gibberish
from service.filters.script import script
from service.filters.spelt_out import spelt_out
from service.screening.candidate import Candidate
from service.screening.facts import Facts

Make = Callable[..., Candidate]
FACTS = Facts(False, 30.0, True)


def test_words_that_cannot_be_spoken_are_a_probe(candidate: Make) -> None:
    signal = gibberish(candidate("xkqjw pzvbn wqrtplk mnbvcx"), FACTS)
    assert signal is not None
    assert len(signal.spans) == 4


@pytest.mark.parametrize(
    "text",
    ["hmmmm grrrr really?", "Angstschweiß, Herbststurm, Schlüssel", "Wszystko jest dobrze"],
)
def test_words_of_many_consonants_are_words(candidate: Make, text: str) -> None:
    assert gibberish(candidate(text), FACTS) is None


@pytest.mark.parametrize("text", ["Это другая история", "这是完全不同的故事", "전혀 다른 이야기입니다"])
def test_a_script_that_is_foreign_to_the_site_is_mentioned(candidate: Make, text: str) -> None:
    signal = script(candidate(text), FACTS)
    assert signal is not None
    assert signal.points <= 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("یہ خبر ادھوری ہے، پورا فیصلہ شائع کریں۔", "en"),
        ("यह खबर अधूरी है", "en"),
        ("Это совсем другая история", "ru"),
        ("Ye hukumat awam ko kya samajhti hai?", "en"),
        ("As they say, 加油.", "en"),
    ],
)
def test_readers_write_in_the_scripts_of_their_site_and_in_urdu(
    candidate: Make, text: str, language: str
) -> None:
    assert script(candidate(text), Facts(False, 30.0, True, language=language)) is None


@pytest.mark.parametrize("text", ["𝐒𝐆𝐈𝟖𝟖 tonight", "W\u200bh\u200ba\u200bt", "A L E X I S 1 7 is here"])
def test_disguised_words_are_noticed(candidate: Make, text: str) -> None:
    assert disguise(candidate(text), FACTS) is not None


def test_one_word_of_mixed_scripts_may_be_a_slip(candidate: Make) -> None:
    slip = disguise(candidate("Οh my god"), FACTS)
    disguised = disguise(candidate("Dіscоunt cоdes fоr shоes"), FACTS)
    assert slip is not None
    assert disguised is not None
    assert slip.points < 3 <= disguised.points


@pytest.mark.parametrize("text", ["a soft\u00adhyphen", "μm and Ωmega", "F.B.I. and U.S.A.", "I, a b c"])
def test_what_keyboards_and_word_processors_write_is_no_disguise(candidate: Make, text: str) -> None:
    assert disguise(candidate(text), FACTS) is None


@pytest.mark.parametrize(
    "address",
    [
        *(
            "example dot com",
            "example d0t top",
            "example[punto]com",
            "example (point) org",
            "example { . } biz",
        ),
        *("example punkt net", "example tochka com", "example , com", "example . com", "example. com"),
        *(
            "w w w . example com",
            "w-w-w",
            "hxxps://example",
            "h t t p : / / example",
            "ｅｘａｍｐｌｅ ｄｏｔ ｃｏｍ",
        ),
    ],
)
def test_an_address_taken_apart_is_seen_whatever_stands_around_it(candidate: Make, address: str) -> None:
    signal = spelt_out(candidate(f"so {address} it is"), FACTS)
    assert signal is not None
    assert spelt_out(candidate("Thanks.", name=f"x {address}"), FACTS) is not None


@pytest.mark.parametrize(
    "text",
    ["It is on example.com, the point is", "the com and the net", "(. . .) and so on", "http://example.org/"],
)
def test_an_address_as_it_is_usually_written_is_not_taken_apart(candidate: Make, text: str) -> None:
    assert spelt_out(candidate(text), FACTS) is None
