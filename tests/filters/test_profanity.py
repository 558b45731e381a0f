"""Swear words are found however they are written, exactly where they stand, and news is left alone."""

from collections.abc import Callable

import pytest
from better_profanity import Profanity
from hypothesis import given
from hypothesis import strategies as st

from service.filters import FILTERS
from service.filters.better_profanity import better_profanity
from service.filters.profanity import MAX_QUOTES, profanity
from service.model.screenings import Policy, Verdict
from service.model.terms import Term, TermKind
from service.screening.candidate import Candidate, prepare
from service.screening.facts import Facts
from service.screening.folding import fold
from service.screening.lexicon.finding import MAX_FOUND
from service.screening.lexicon.lists import lists, words_of
from service.screening.lexicon.lookup import look
from service.screening.lexicon.readings import doubled_vowels_read_once, is_plain, loose_readings
from service.screening.screen import screen
from service.screening.terms import compile_terms

Make = Callable[..., Candidate]
Find = Callable[..., list[str]]
FACTS = Facts(False, 20.0, True)


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
        *("s\u200bhit", "s̶h̶i̶t̶", "𝓼𝓱𝓲𝓽", "f*ck", "f**k", "a$$hole", "ƒuck", "b!tches", "assholes", "bastards"),
        *(
            "fvck",
            "phuck",
            "ffuucckk",
            "f#@k",
            "b******t",
            "kcuf",
            "shiit",
            "m0therfucker",
            "5h1t",
            "motherf***er",
        ),
    ],
)
def test_a_swear_word_is_found_exactly_where_it_stands(find: Find, written: str) -> None:
    assert find(f"Oh {written}, he said: ({written}).") == [written, written]


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


@pytest.mark.parametrize(("text", "word"), [("sh-it happens", "sh-it"), ("oh fu.ck it", "fu.ck")])
def test_a_word_cut_by_a_sign_is_joined(find: Find, text: str, word: str) -> None:
    assert find(text) == [word]


@pytest.mark.parametrize(
    ("text", "part"),
    [("what clownfuckery", "fuck"), ("absofuckinglutely", "fucking"), ("gofuckyourself", "gofuckyourself")],
)
def test_a_word_inside_another_is_marked_alone_unless_all_is_meant(find: Find, text: str, part: str) -> None:
    assert find(text) == [part]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Du bist so ein Drecksack, ein Arschloch eben.", "Drecksack"),
        ("C'est un connard, et toi une salope.", "connard"),
        ("Sois un poco menos gilipollas, por favor.", "gilipollas"),
        ("Eres un hijo de puta.", "hijo de puta"),
        ("h1j0 d3 put4", "h1j0 d3 put4"),
        ("Yeh sab chutiye hain yaar", "chutiye"),
        ("bhen ch0d hukumat", "bhen ch0d"),
        ("یہ سب حرامزادے ہیں", "حرامزادے"),
        ("یہ بہن چود لوگ", "بہن چود"),
        ("Vai tomar no cu, palhaço", "Vai tomar no cu"),
        ("Какой же ты мудак", "мудак"),
        ("Che stronzo!", "stronzo"),
        ("ये चूतिया लोग", "चूतिया"),
    ],
)
def test_other_languages_are_read_on_an_english_site(find: Find, text: str, word: str) -> None:
    assert word in find(text)


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
        "My gal works at the SPLC, and FCK beat Brøndby.",
        "Ich höre die FDP und weniger aus Niger und Nigeria; ein dicker Arzt, die Dickhäuter.",
        "Le concours, la députée, le Conseil; un bon film et une bite d'amarrage? Non.".replace(
            "une bite", "un pieu"
        ),
        "El cómputo, la disputa, los diputados y la reputación.",
        "Это тот кот, и как же он рад.",
        "Ο κακός και το τότε.",
        "یہ حکومت عوام کے مسائل حل کرنے میں ناکام رہی ہے، گندم مہنگی ہے۔ کس نے کہا؟",
        "Gandhi ji aur Randhawa sahib ne gandum aur chutney ki baat ki.",
        "Homo sapiens, a Maine coon, spick and span, a chink in his armour, a retarded flame front.",
        "Write to dick.shit@mail.example.org, please. See http://example.org/shit-list",
        "Matsushita, Harshit and Akshita; Wankhede stadium; Pussy Riot sang; Phuket and Phuc.",
        "Bus hit a wall. Push it, wish it; he was hit.",
    ],
)
def test_what_is_said_in_news_every_day_is_not_flagged(find: Find, text: str) -> None:
    assert find(text) == []


def test_a_word_of_one_language_needs_signs_of_that_language(find: Find) -> None:
    assert find("die fdp und die spd sind sich nicht einig") == []
    assert find("ce fdp est dans la rue") == ["fdp"]


def test_a_name_is_a_name_only_when_written_as_one(find: Find) -> None:
    assert find("Not a Dick Cheney fan.") == []
    assert find("What a dick.") == ["dick"]


def test_the_name_and_the_websites_host_are_read_too(find: Find) -> None:
    found = find("Nice.", name="S H I T bitch", website="https://www.wanker-pics.example/")
    assert sorted(found) == ["S H I T", "bitch", "wanker"]


def test_an_address_hides_nothing_in_the_text_beside_it(find: Find) -> None:
    assert find("fuck sam@example.org") == ["fuck"]


def test_severity_tells_vulgar_words_from_strong_ones_and_slurs(candidate: Make) -> None:
    signals = [profanity(candidate(text), FACTS) for text in ("my arse", "this shit", "you faggot")]
    assert [signal.severity for signal in signals if signal] == [1, 2, 3]


def test_profanity_never_advises_a_rejection_and_never_an_approval(candidate: Make) -> None:
    made = candidate("shit fuck wanker bitch asshole " * 300, name="fuck")
    screening = screen(made, FACTS, [each for each in FILTERS if each.name != "repetition"], Policy())
    assert (screening.verdict, screening.severity) == (Verdict.HOLD, 2)


def test_marks_and_quotes_are_few_enough_to_show(candidate: Make) -> None:
    for text in ("shit fuck bitch " * 60, "s h i t, " * 100):
        signal = profanity(candidate(text), FACTS)
        assert signal is not None
        assert len(signal.spans) <= MAX_FOUND
        assert len(signal.evidence) <= MAX_QUOTES
        assert all(len(quote) <= 60 for quote in signal.evidence)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s h i t a lot", ["s h i t"]),
        ("what the f u c k I said", ["f u c k"]),
        ("f.u.c.k é", ["f.u.c.k"]),
        ("they are f u c k e d", ["f u c k e d"]),
        ("f u c k y o u", ["f u c k y o u"]),
        ("shut the f up", ["f"]),
    ],
)
def test_a_word_of_one_letter_is_no_part_of_a_word_set_apart(text: str, found: list[str]) -> None:
    read = prepare(text)
    signal = profanity(read, FACTS)
    assert signal is not None
    assert [read.quote(span) for span in signal.spans] == found


def test_a_sites_terms_block_with_a_severity_and_allow_in_their_place() -> None:
    terms = compile_terms(
        [
            Term(TermKind.BLOCK, "Quatschkopf", 2),
            Term(TermKind.ALLOW, "Shit Lane"),
            Term(TermKind.BLOCK, "foo bar"),
        ]
    )
    bad = profanity(prepare("Du QUATSCHKOPF!", terms=terms), FACTS)
    assert bad is not None
    assert (bad.severity, bad.evidence) == (2, ["QUATSCHKOPF"])
    assert profanity(prepare("They live in Shit Lane now.", terms=terms), FACTS) is None
    both = profanity(prepare("Shit Lane is shit.", terms=terms), FACTS)
    assert both is not None
    assert [(span.start, span.end) for span in both.spans] == [(13, 17)]
    assert profanity(prepare("a foo bar", terms=terms), FACTS) is None


def test_the_lists_are_folded_and_every_word_of_theirs_is_known() -> None:
    known = lists()
    assert len(known.words) > 1_000
    assert all(fold(word).text == word for word in known.words)
    assert all(fold(word).text == word for word in known.excused)
    assert [word for word in known.words if len(word) > 1 and look(word) is None] == []


@pytest.mark.parametrize("innocent", lists().innocent)
def test_what_only_looks_like_a_swear_word_is_left_alone(find: Find, innocent: str) -> None:
    assert find(f"{innocent} and {innocent.capitalize()}") == []


def test_the_library_confirms_what_it_knows_and_nothing_of_the_news(candidate: Make) -> None:
    confirmed = better_profanity(candidate("what a load of bullsh1t"), FACTS)
    assert confirmed is not None
    assert confirmed.evidence == ["bullsh1t"]
    assert better_profanity(candidate("They kill for god, heroin, organs and weed in hell."), FACTS) is None


@pytest.fixture(scope="session")
def library() -> Profanity:
    """The library with our words, asked in its own slow way."""
    return Profanity([word for word in words_of("en") if len(word) >= 4])


@given(st.text(alphabet="fuckshitabend@$*14305", min_size=4, max_size=12))
def test_the_answer_for_a_word_is_the_librarys_own(library: Profanity, word: str) -> None:
    made = prepare(word)
    if [token.text for token in made.tokens] != [word] or not any(map(str.isalpha, word)):
        return
    assert (better_profanity(made, FACTS) is not None) == library.contains_profanity(word)


@given(st.text(alphabet="fuckeo1!@ñş中", min_size=1, max_size=8) | st.text(min_size=1, max_size=8))
def test_a_plain_word_can_be_read_in_one_way_only(word: str) -> None:
    if is_plain(word):
        assert set(loose_readings(word)) == {word}
        assert doubled_vowels_read_once(word) is None
