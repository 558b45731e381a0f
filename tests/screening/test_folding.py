import unicodedata
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.screening.folding import MAX_FOLDED, fold


@pytest.mark.parametrize(
    "written",
    [
        "Shit",
        "ＳＨＩＴ",
        "ѕhіt",
        "ЅНІТ",
        "𝓼𝓱𝓲𝓽",
        "ⓢⓗⓘⓣ",
        "🅢🅗🅘🅣",
        "ꜱʜɪᴛ",
        "s\u200bh\u2060i\u00adt",
        "s\u0336h\u0336i\u0336t\u0336",
        "\u202eshit\u202c",
        "šħíţ",
        "shi\ufe0ft",
    ],
)
def test_what_looks_the_same_folds_to_the_same(written: str) -> None:
    assert fold(written).text == "shit"


@pytest.mark.parametrize("word", ["हिन्दी", "ภาษาไทย", "বাংলা"])
def test_vowel_signs_that_make_words_stay(word: str) -> None:
    assert fold(word).text == unicodedata.normalize("NFKD", word)


def test_vowel_points_and_tatweel_of_arabic_go() -> None:
    assert fold("مُحَمَّـــد").text == "محمد"


@pytest.mark.parametrize(
    ("written", "word"),
    [("c\u0585\u0578", "con"), ("f\u057dck", "fuck"), ("s\u0570it", "shit"), ("\u054dS", "us")],
)
def test_armenian_letters_are_read_as_what_they_look_like(written: str, word: str) -> None:
    assert fold(written).text == word


def test_folding_does_not_depend_on_case() -> None:
    assert fold("НЕТ, Straße").text == fold("нет, straSSe").text


def test_ascii_keeps_its_places_without_a_map() -> None:
    folded = fold("Plain TEXT")
    assert (folded.text, folded.offsets, folded.origin(6, 10)) == ("plain text", None, (6, 10))


def test_letters_that_fold_one_to_one_need_no_map() -> None:
    assert fold("Русский").offsets is None


def test_a_span_covers_what_was_dropped_inside_and_behind() -> None:
    written = "a f\u200bu\u0301c\u0336k\u0336 b"
    start, end = fold(written).origin(2, 6)
    assert written[start:end] == "f\u200bu\u0301c\u0336k\u0336"


def test_a_letter_that_becomes_several_is_quoted_whole() -> None:
    folded = fold("ﷺx")
    assert folded.origin(0, 1) == (0, 1)
    assert folded.origin(len(folded.text) - 1, len(folded.text)) == (1, 2)


@pytest.mark.parametrize("text", ["a" * (MAX_FOLDED + 1), "é" * (MAX_FOLDED + 1), "\ufdfa" * 5_000])
def test_what_folds_to_too_much_is_cut_and_says_so(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == MAX_FOLDED
    assert folded.truncated
    start, end = folded.origin(MAX_FOLDED - 1, MAX_FOLDED)
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", ["", "\u200b", "\u0301\u0301"])
def test_nothing_to_see_folds_to_nothing(text: str) -> None:
    assert fold(text).text == ""


@given(st.text(max_size=200))
@example("İı ﬀ ㎏ ½ ¨ \ud800")
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(st.text(max_size=200))
def test_offsets_rise_and_stay_inside_the_text(text: str) -> None:
    folded = fold(text)
    if folded.offsets is None:
        assert len(folded.text) == len(text)
    else:
        assert list(folded.offsets) == sorted(folded.offsets)
        assert len(folded.offsets) == len(folded.text) + 1
        assert folded.offsets[-1] == len(text)
        assert all(0 <= offset < len(text) for offset in folded.offsets[:-1])


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_span_of_the_original_holds_what_was_found(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.origin(start, end)
    assert folded.text[start:end] in fold(text[first:last]).text


def test_stacked_marks_cost_no_more_than_their_number() -> None:
    def seconds(n: int) -> float:
        text = "a" + "\u0301\u0323\u0327\u0334" * n
        started = perf_counter()
        for _ in range(5):
            fold(text)
        return perf_counter() - started

    seconds(10)
    assert seconds(4_000) < 16 * seconds(1_000) + 0.01
