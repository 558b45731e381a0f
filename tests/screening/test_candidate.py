from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from service.model.submissions import MAX_TEXT
from service.screening.candidate import Candidate, words
from service.screening.folding import fold

Make = Callable[..., Candidate]


def test_words_are_cut_at_spaces_and_punctuation(candidate: Make) -> None:
    made = candidate("Don't panic: it's *only* 3.5 %!", name="Ann-Marie")
    assert [token.text for token in made.tokens] == [
        *("ann", "marie"),
        *("don", "t", "panic", "it", "s", "only", "3", "5"),
    ]


def test_signs_that_stand_for_letters_belong_to_a_word(candidate: Make) -> None:
    made = candidate("$h!t and a$$, b*tch! @me f_o")
    assert [token.text for token in made.tokens[1:]] == ["$h!t", "and", "a$$", "b*tch", "@me", "f", "o"]


def test_words_of_scripts_with_vowel_signs_stay_whole() -> None:
    assert words(fold("यह हिन्दी है।").text) == ["यह", "हिन्दी", "है"]
    assert words(fold("یہ اردو ہے۔ کیا؟").text) == ["یہ", "اردو", "ہے", "کیا"]


def test_a_word_is_quoted_as_it_was_written(candidate: Make) -> None:
    made = candidate("Oh ｗｏ\u200bｗ there", name="Ｓam")
    assert [made.quote(token.span) for token in made.tokens] == ["Ｓam", "Oh", "ｗｏ\u200bｗ", "there"]


def test_the_host_of_the_website_gives_words_too(candidate: Make) -> None:
    made = candidate("x", website="https://Cheap-Pills.example/path")
    site = [token for token in made.tokens if token.field == "website"]
    assert [token.text for token in site] == ["cheap", "pills", "example"]
    assert [made.quote(token.span) for token in site] == ["Cheap", "Pills", "example"]


def test_words_in_links_and_addresses_are_not_readable(candidate: Make) -> None:
    made = candidate("see https://ass.example/shit or sam.fuck@mail.example, well", name="www.arse.example")
    assert [token.text for token in made.readable] == ["see", "or", "well"]
    assert candidate("nothing of that").readable == candidate("nothing of that").tokens


def test_no_word_is_readable_behind_an_address_inside_of_a_link(candidate: Make) -> None:
    made = candidate("see https://a.example/@b.example/path and x@c.example, all", name="Al")
    assert [token.text for token in made.readable] == ["al", "see", "and", "all"]


def test_a_website_that_cannot_be_read_gives_no_words(candidate: Make) -> None:
    assert len(candidate("x", website="https://bücher.example").tokens) == 2
    assert len(candidate("x", website="http://[").tokens) == 2


def test_a_text_too_long_to_be_read_to_its_end_says_so(candidate: Make) -> None:
    assert candidate("x" * (MAX_TEXT + 1)).truncated
    assert candidate("\ufdfa" * MAX_TEXT).truncated
    assert not candidate("x" * MAX_TEXT).truncated


@given(text=st.text(max_size=300), name=st.text(max_size=100), website=st.none() | st.text(max_size=60))
def test_any_text_can_be_prepared_and_every_word_quoted(
    candidate: Make, text: str, name: str, website: str | None
) -> None:
    made = candidate(text, name=name, website=website)
    for token in made.tokens:
        assert token.text in fold(made.quote(token.span)).text
