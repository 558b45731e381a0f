from collections.abc import Callable
from importlib.resources import files

import pytest
from better_profanity import Profanity
from hypothesis import given
from hypothesis import strategies as st

from service.filters import FILTERS
from service.filters.profanity import MAX_QUOTES, MAX_SPANS, lexicon, profanity
from service.model.screenings import Policy, Verdict
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.folding import fold
from service.screening.screen import screen

Make = Callable[..., Candidate]
Find = Callable[..., list[str]]
FACTS = Facts(False, 20.0, True)


@pytest.fixture(scope="session")
def find(candidate: Make) -> Find:
    """What the filter quotes by its spans, in order."""

    def run(text: str, name: str = "Sam", website: str | None = None) -> list[str]:
        made = candidate(text, name=name, website=website)
        signal = profanity(made, FACTS)
        return [made.quote(span) for span in signal.spans] if signal else []

    return run


@pytest.mark.parametrize(
    "written",
    [
        *(
            "shit",
            "Shit",
            "SHIT",
            "sh1t",
            "$hit",
            "sh!t",
            "shiiiiit",
            "sh" + "i" * 500 + "t",
            "ѕhit",
            "ｓｈｉｔ",
        ),
        *(
            "s\u200bhit",
            "s̶h̶i̶t̶",
            "𝓼𝓱𝓲𝓽",
            "f*ck",
            "a$$hole",
            "ƒuck",
            "b!tches",
            "assholes",
            "bastards",
            "asssss",
            "fvck",
        ),
    ],
)
def test_a_swear_word_is_found_exactly_where_it_stands(find: Find, written: str) -> None:
    assert find(f"Oh {written}, he said: '{written}'.") == [written, written]


@pytest.mark.parametrize(
    "written",
    [
        "s h i t",
        "f.u.c.k",
        "f-u-c-k",
        "F U C K",
        "s_h_i_t",
        "f*u*c*k",
        "s  h  i  t",
        "ｆ ｕ ｃ ｋ",
        "a s s h o l e",
    ],
)
def test_letters_set_apart_are_read_together(find: Find, written: str) -> None:
    assert find(f"Well, {written} that.") == [written]


def test_a_word_among_other_letters_set_apart_is_found(find: Find) -> None:
    assert find("w h a t t h e f u c k n o w") == ["f u c k"]


@pytest.mark.parametrize(
    "written", ["blow job", "Blow  Job", "son-of-a-bitch", "bull shit", "mother fucker", "2 girls 1 cup"]
)
def test_a_phrase_of_the_list_is_one_find(find: Find, written: str) -> None:
    assert written in find(f"What a {written} this is")


def test_a_phrase_does_not_reach_from_one_field_into_another(find: Find) -> None:
    assert find("job offers", name="blow") == []
    assert find("it will blow") == []


def test_a_word_between_signs_is_found_when_the_whole_is_none(find: Find) -> None:
    assert find("what$$shit$$this") == ["what$$shit$$this"]


@pytest.mark.parametrize(
    "text",
    [
        "God, what the hell: they kill and rape, said the gay priest of the Nazi era.",
        "Heroin, weed and vodka; a virgin forest; his sexual organs; a stupid, ugly, fat lie.",
        "She graduated summa cum laude with a pawn on a slippery slope.",
        "Dick Cheney and Alfred Hitchcock met in Scunthorpe, Essex and Penistone.",
        "We assess the assets of the classic bass; the assassin passes.",
        "The A55 at junction 455, 8 am, $$ 500 and 1.2.3.4.5",
        "A. S. Khan and U. S. A. and W E L C O M E",
        "My gal works at the SPLC.",
        "Ich höre die FDP und weniger aus Niger und Nigeria.",
        "Это тот кот, и как же он рад.",
        "Ο κακός και το τότε.",
        "یہ حکومت عوام کے مسائل حل کرنے میں ناکام رہی ہے۔",
        "Write to dick.shit@mail.example.org, please.",
    ],
)
def test_what_is_said_in_news_every_day_is_not_flagged(find: Find, text: str) -> None:
    assert find(text) == []


def test_a_name_is_a_name_only_when_written_as_one(find: Find) -> None:
    assert find("Dick is here.") == []
    assert find("What a dick.") == ["dick"]


def test_the_name_and_the_websites_host_are_read_too(find: Find) -> None:
    found = find("Nice.", name="S H I T bitch", website="https://www.wanker-pics.example/")
    assert found == ["bitch", "wanker", "S H I T"]


def test_an_address_hides_nothing_in_the_text_beside_it(find: Find) -> None:
    assert find("fuck sam@example.org") == ["fuck"]


def test_profanity_alone_never_advises_a_rejection(candidate: Make) -> None:
    made = candidate("shit fuck wanker bitch asshole " * 300, name="fuck", website="https://fuck.example/")
    screening = screen(made, FACTS, FILTERS, Policy())
    assert screening.verdict is Verdict.HOLD
    assert [signal.points for signal in screening.signals] == [2.5]


def test_spans_and_quotes_are_few_enough_to_show(candidate: Make) -> None:
    swearing = " ".join(f"{word}{'s' * n}" for word in ("shit", "fuck", "bitch") for n in range(3, 30))
    for text in (swearing, "s h i t, " * 100):
        signal = profanity(candidate(text), FACTS)
        assert signal is not None
        assert len(signal.spans) == MAX_SPANS
        assert len(signal.evidence) <= MAX_QUOTES
        assert all(len(quote) <= 60 for quote in signal.evidence)


def test_the_more_is_found_the_stronger_the_signal(candidate: Make) -> None:
    signals = [profanity(candidate(text), FACTS) for text in ("shit", "shit fuck", "shit fuck wanker bitch")]
    assert [signal.strength for signal in signals if signal] == pytest.approx([0.6, 0.8, 1.0])


def allowed() -> list[str]:
    text = (files("service.filters") / "data" / "not_profanity.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_allow_list_names_each_word_once_and_is_folded() -> None:
    words = allowed()
    assert len(words) == len(set(words))
    assert all(fold(word).text == word.lower() for word in words)


def test_the_allow_list_allows_only_what_the_library_flags() -> None:
    library = Profanity()
    idle = [word for word in allowed() if not library.contains_profanity(word)]
    assert idle == ["Cummings", "Dicks"]  # plurals, which we find and the library does not


def test_every_word_of_the_library_that_is_not_allowed_is_found(find: Find) -> None:
    listed = {str(entry) for entry in Profanity().CENSOR_WORDSET} - set(allowed())
    missed = sorted(word for word in listed if not find(f"x: {word}"))
    assert missed == ["masterbat*", "s-o-b", "s.o.b.", "sh!+", "shi+"]  # plus signs; and a sob is a sob


@pytest.fixture(scope="session")
def library() -> Profanity:
    """The library with all words that are not allowed, asked in its own slow way."""
    rest = {str(entry) for entry in Profanity().CENSOR_WORDSET} - set(allowed())
    return Profanity(sorted(rest))


@given(st.text(alphabet="fuckshitabend@$*14305", min_size=2, max_size=12))
def test_the_answer_for_a_word_is_the_librarys_own(library: Profanity, word: str) -> None:
    expected = word not in allowed() and library.contains_profanity(word)
    assert lexicon().knows(word) == expected
