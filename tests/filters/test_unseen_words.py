"""Classes of swearing and of innocent words that lists written afterwards brought up: a few rows of each."""

import time
from collections.abc import Callable

import pytest

from service.screening.candidate import Candidate
from service.screening.lexicon.masks import MAX_MASKED, masked_words

Make = Callable[..., Candidate]
Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    "written",
    [
        *("f--king", "s--t", "bulls--t", "sh-tty", "p.ss", "f..k", "motherf---er"),
        *("fu(k", "fu¢k", "sh💩t", "f_ck", "sh*tshow", "b****", "s**te", "b#nchod", "f***"),
    ],
)
def test_letters_masked_by_any_sign_are_read(find: Find, written: str) -> None:
    assert find(f"Oh {written} it, they said.") == [written]


@pytest.mark.parametrize(
    "text",
    [
        "A well-known T-shirt, well put. Then a pre-school, co.uk and e.g. this.",
        "He/she/it; k*ll, r*pe and d*ad are what videos call it.",
        "snake_case a_s and s_t, f(x) = g(x), **** of *****",
        "It was h--l, d--n it.",
    ],
)
def test_signs_in_other_words_mask_nothing(find: Find, text: str) -> None:
    assert find(text) == []


def test_a_masked_word_is_found_behind_any_number_of_plain_ones() -> None:
    text = "plain words, " * (2 * MAX_MASKED) + "f**k"
    assert [text[start:end] for start, end, _ in masked_words(text)] == ["f**k"]


@pytest.mark.parametrize("written", ["Ғuck", "ᖴᑌᑕK", "fцck", "fμck", "ʄuƈƙ", "ᏚᎻᏆᎢ", "𝖋𝖚𝖈𝖐", "ꜱʜɪᴛ"])
def test_alphabets_of_disguise_are_read(find: Find, written: str) -> None:
    assert find(f"{written} that") == [written]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("whatthefuck is this", "whatthefuck"),
        ("shutthefuckup Kevin", "shutthefuckup"),
        ("fanfuckingtastic", "fucking"),
        ("政府傻逼啊", "傻逼"),
    ],
)
def test_what_is_joined_to_a_swear_word_is_marked_where_it_leads_to_it(
    find: Find, text: str, found: str
) -> None:
    assert find(text) == [found]


@pytest.mark.parametrize(
    "written",
    [
        "bhainchod",
        "behnchoda",
        "maadarchod",
        "chootiyay",
        "haramzaade",
        "haraamkhoron",
        "bhosdiki",
        "gaanduon",
    ],
)
def test_words_of_a_language_without_spelling_are_known_in_many(find: Find, written: str) -> None:
    assert find(f"{written} sarkar") == [written]


@pytest.mark.parametrize(
    "text",
    [
        "Blue tits are nesting in the box, the great tits too.",
        "The bitch had seven puppies at the shelter.",
        "An ass and two mules carried the tents.",
        "Faggots and peas, with gravy.",
        "The caber tossers wore kilts.",
        "Left-arm chinaman bowling is an art, said the spinner.",
        "Niki Lauda drove on; the Mitsubishi Pajero did not.",
        "Chinks in his armour; a Maine coon cat.",
        "گشتی پولیس پارٹی پر حملہ ہوا۔",
        "یہ لنڈی کوتل کا بازار ہے۔",
        "Bharwa baingan ki recipe yeh hai.",
        "Isko chod do yaar.",
    ],
)
def test_its_neighbours_excuse_a_word(find: Find, text: str) -> None:
    assert find(text) == []


def test_other_neighbours_excuse_nothing(find: Find) -> None:
    assert find("what an ass, and his bitch of a boss has tits on the wall") == ["ass", "bitch", "tits"]
    assert find("Those chinks, he said.") == ["chinks"]
    assert find("he's a retard, paid by kike bankers") == ["retard", "kike"]


@pytest.mark.parametrize(
    ("spelt", "other"),
    [
        ("qué coño", "el cono sur"),
        ("piç kurusu", "the pic is blurred"),
        ("ce pédé", "pede a revisão"),
        ("amına koyayım", "Amina Shah"),
        ("négro", "el color negro del luto"),
        ("die Möse", "Mose und die Propheten"),
    ],
)
def test_marks_tell_a_swear_word_from_another_word(find: Find, spelt: str, other: str) -> None:
    assert find(spelt) != []
    assert find(other) == []


@pytest.mark.parametrize(
    "text",
    [
        "Der Shitstorm war für die Partei absehbar, er wog schwer.",
        "Von Vögeln und einem bellenden Hund; was für eine Schlamperei im Judenstaat.",
        "Le train a du retard, encore des retards dans la gare.",
        "Je kunt de joden niet vergeten, zei hij bij het monument.",
        "Det er slutt, og faget er viktig for jøder.",
        "La hora del níquel y del uranio en el huso horario.",
        "Sık sık gelir ve gider. Kereta KRL terlambat lagi. Isäntä kaatua puuta.",
        "МКС летает; він має раку і сіру кішку.",
        "The Shiite procession, an Emmerdale moose, Ibne Insha, Behnke and Lundh.",
        "Dicunt et nascuntur; encuntra una circuntancia.",
        "Muckefuck zum Frühstück; BitChute ging offline.",
        "He pinches pennies and peels carrots; a nutter, no. Fuddy-duddy.",
    ],
)
def test_ordinary_words_of_other_languages_are_left_alone(find: Find, text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wat een hoer van een minister", "hoer"),
        ("que a porra do governo não faz", "porra"),
        ("bu ne amk ya", "amk"),
        ("jävla kuk till minister", "kuk"),
        ("pakyu, ang hirap na po", "pakyu"),
        ("씨발 정부", "씨발"),
        ("μαλάκες όλοι", "μαλάκες"),
        ("các ông địt mẹ", "địt"),
        ("يا منيك يا عرص", "عرص"),
        ("blyat, again", "blyat"),
    ],
)
def test_more_languages_are_known_by_their_best_known_words(find: Find, text: str, found: str) -> None:
    assert found in find(text)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "f<b>u</b>cker",
            "sh[b][/b]it",
            "bull&shy;shit",
            "sh&#105;t",
            "🇫🇺🇨🇰",
            "🇫 🇺 🇨 🇰",
            "F@#%",
            "s---show",
        ),
        *(
            "s***show",
            "(unt",
            "¢ocks",
            "$#!+",
            "\\/\\/anker",
            "f■ckwit",
            "W.T.A.F",
            "C.U.N.T",
            "bu11sh!t",
            "🅿🆁🅸🅲🅺",
        ),
        *("s👏h👏i👏t", "ch*tiyapa", "f uck", "arse-lickers", "coooño", "l🍆de"),
    ],
)
def test_tags_flags_and_signs_hide_no_word(find: Find, written: str) -> None:
    assert find(f"Oh no, {written} it is, they said.") == [written]


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("¡C.O.Ñ.O, que paguen ya!", "es", "C.O.Ñ.O"),
        ("l.u.n.d pakro aur so jao", "ur", "l.u.n.d"),
        ("sshhiittt, petrol at 300", "en", "sshhiittt"),
        ("fookin hell, the M25 again", "en", "fookin"),
        ("Oh wan❶ you, Kevin", "en", "wan❶"),
        ("W O G S H I T is this", "en", "S H I T"),
        ("Useless pricks, the lot of them.", "en", "pricks"),
        ("¡Me c*go en el ministro!", "es", "c*go"),
        ("Nobody but a prick would park there", "en", "prick"),
    ],
)
def test_what_is_drawn_out_or_set_apart_by_its_marks_is_found(
    find: Find, text: str, language: str, word: str
) -> None:
    assert find(text, language=language) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "Sold under F4G-0T22 and SH1-T55, stage time 5h17, three A*s in chemistry.",
        "The survivor, S***, is eleven; the complainant, C***t S., may not be named.",
        "f*g is convolution and f*h is not; 2 &lt; 3 and a**b is a power.",
        "P A K I S T A N zindabad! The Pakis-\ntani rupee closed higher.",
        "C.O. Nolan and M.C. Rand; mmaarrssaallaa; a prick of the needle; lunch at Fook Lam Moon.",
        "The nurse said a prick would not hurt; vitamins c o o n e.",
        "The Shitthaung temple and Kike Hernández were in the news. Kike Setién was not.",
        "🇫🇷 🇦🇬 🇵🇰 and 🇺🇸 were there.",
    ],
)
def test_codes_grades_initials_and_flags_are_no_words(find: Find, text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "language"), [("r a n d i ke bachay, sharam karo", "ur"), ("nik ta mère", "fr")]
)
def test_what_belongs_to_a_language_is_found_letter_by_letter_in_it(
    find: Find, text: str, language: str
) -> None:
    assert find(text, language=language)


def test_a_word_of_one_drawn_out_letter_is_read_in_no_time(find: Find) -> None:
    began = time.process_time()
    find(" ".join("a" * many + "h" for many in range(20, 40)))
    assert time.process_time() - began < 1


def test_an_infix_is_marked_and_not_the_word_around_it(find: Find) -> None:
    assert find("Unfuckingbelievable, abso-fucking-lutely.") == ["fucking", "fucking"]
