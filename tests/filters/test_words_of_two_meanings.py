"""Words that swear in one place and are a name, a shower or a holiday in another; each in its company."""

from collections.abc import Callable

import pytest

from service.filters.better_profanity import better_profanity
from service.filters.profanity import profanity
from service.filters.spelt_out import spelt_out
from service.screening.candidate import Candidate
from service.screening.facts import Facts

Make = Callable[..., Candidate]
Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    "text",
    [
        "Mrs Bich Ngoc and Mr Wong Tai Fuk wrote to us.",
        "The poet Nahui Olin and the minister Foad Hussein met.",
        "Namibia's Mrs Shituleni said so; Mr Geci of Kutas agreed.",
    ],
)
def test_a_capital_within_a_sentence_makes_a_name(find: Find, text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(("text", "word"), [("Fuk u all", "Fuk"), ("oh FUK it", "FUK"), ("you bich", "bich")])
def test_the_same_letters_swear_where_no_name_can_stand(find: Find, text: str, word: str) -> None:
    assert find(text) == [word]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The people who're voting, and those who’re not.", "en"),
        ("Convert it with ffmpeg -i movie.en.ass movie.srt", "en"),
        ("El faro de Cabo Cabrón guía a los pescadores.", "es"),
        ("گلی کی کتیا نے پانچ بچے دیے ہیں", "ur"),
        ("Kamina insan hai, wada kar ke mukar gaya. Jhoota aur kameena!", "ur"),
        ("La douche est cassée et le plombier ne vient pas.", "fr"),
        ("Les p'tits vieux attendent le bus.", "fr"),
        ("Les biches et les cerfs traversent la route.", "fr"),
        ("Die Pute ist im Ofen, und die Oma wartet.", "de"),
        ("Jag fick ett brev från kommunen.", "sv"),
        ("The Pajero culture of our ministers must end.", "en"),
        ("He rode into Jerusalem on an ass.", "en"),
        ("William the Conqueror was called the Bastard.", "en"),
        ("Garmi ki chutiyan kab hongi?", "ur"),
        ("In law, a bastard could not inherit.", "en"),
        ("Der Bastard ist in der Biologie ein Mischling.", "de"),
        ("Il a pique-niqué dimanche avec nous.", "fr"),
        ("Buy garden hoes, spades and rakes here.", "en"),
        ("The magician said poof and it vanished.", "en"),
        ("کنجر قبیلے کے لوگ خانہ بدوش ہیں۔", "ur"),
        ("Hum ne ghar chod diya, kafi arse se wahan nahi gaye.", "ur"),
        ("I left bc you said so and they laughed.", "ur"),
        ("La-pu-ta-jen and Sha-t’ou-chiao are villages.", "en"),
    ],
)
def test_a_word_in_its_other_meaning_is_left_alone(find: Find, text: str, language: str) -> None:
    assert find(text, language=language) == []


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [
        ("eres un pajero y lo sabes", "pajero", "es"),
        ("what a douche he is", "douche", "en"),
        ("ye sab chutiyon ki hukumat hai", "chutiyon", "ur"),
        ("bhen chod hukumat", "bhen chod", "ur"),
        ("bc ye kya hai", "bc", "ur"),
        ("that bastard lied", "bastard", "en"),
        ("he is a fucking village idiot", "fucking", "en"),
        ("stupid bitch and her dogs of war", "bitch", "en"),
    ],
)
def test_and_found_in_the_foul_one(find: Find, text: str, word: str, language: str) -> None:
    assert find(text, language=language) == [word]


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [("یہ حرامي لوگ ہیں", "حرامي", "ur"), ("یہ كنجر لوگ ہیں", "كنجر", "ur"), ("يہ چوتيا ہے", "چوتيا", "ur")],
)
def test_urdu_typed_with_arabic_letters_is_read(find: Find, text: str, word: str, language: str) -> None:
    assert find(text, language=language) == [word]


def test_the_same_word_in_arabic_is_another(find: Find) -> None:
    assert find("هو حرامي في هذا البلد", language="ar") == []


@pytest.mark.parametrize(
    "written", ["چ*تیا", "گ*نڈو", "ح**می", "х*йня", "п*здец", "бл*дь", "Schei*e", "c*ño", "enc*lé"]
)
def test_letters_of_any_alphabet_are_masked(find: Find, written: str) -> None:
    assert find(f"- {written} -") == [written]


@pytest.mark.parametrize(
    "text", ["Schüler*innen und Wähler_innen", "les étudiant·e·s et ami·e·s", "tod@s l@s niñ@s", "A*Star"]
)
def test_signs_that_name_all_genders_mask_nothing(find: Find, text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(("text", "word"), [("SHIT!stop it", "SHIT"), ("what a b!tchface", "b!tchface")])
def test_an_exclamation_mark_parts_words_unless_it_is_a_letter(find: Find, text: str, word: str) -> None:
    assert find(text) == [word]


@pytest.mark.parametrize(
    "written",
    ["fukwit", "fvckface", "phukkers", "muddafukkas", "mothafvcka", "cvnts", "cocksukka", "ffuckin"],
)
def test_a_word_spelt_by_ear_is_found(find: Find, written: str) -> None:
    assert find(f"those {written} again") == [written]


@pytest.mark.parametrize(
    "text",
    ["Em 2017 o time caiu, com duas derrotas e um empate.", "Ele foi embora. Com certeza não volta."],
)
def test_a_word_that_ends_addresses_elsewhere_is_a_word_in_portuguese(candidate: Make, text: str) -> None:
    assert spelt_out(candidate(text), Facts(False, 20.0, True)) is None


@pytest.mark.parametrize("text", ["Det är slut på kaffet i dag.", "Em casa a hora fica longa."])
def test_the_library_does_not_flag_what_the_lists_excuse(candidate: Make, text: str) -> None:
    assert better_profanity(candidate(text), Facts(False, 20.0, True)) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vlakovi prometuju dva puta dnevno i nije ih više.", "hr"),
        ("Han sluttet helt på slutten, og vi kan høre det.", "nb"),
        ("Den sluttede allerede i august.", "da"),
        ("Filmen tar slut klockan nio, sen buss hem.", "sv"),
        ("A aruncat o minge în poartă și nu mai este.", "ro"),
        ("Nó cứ nhìn vào gốc cây đôi chút.", "vi"),
        ("O terraço fica na avenida e a hora é boa.", "pt"),
        ("De homo's en lesbo's die in de stoet zijn.", "nl"),
    ],
)
def test_related_languages_are_told_apart(find: Find, text: str, language: str) -> None:
    assert find(text, language=language) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("fu ck this weather", "fu ck"),
        ("what a bunch of wan-\nkers", "wan-\nkers"),
        ("so W.A.N.K.E.R. it is", "W.A.N.K.E.R"),
        ("what d*i*c*k*s they are", "d*i*c*k*s"),
        ("WhatAWanker! Resign", "Wanker"),
        ("#FuckTheTollTax trends", "Fuck"),
        ("fuckthisgovernment now", "fuck"),
        ("youlittleshit give it back", "shit"),
        ("ask @fuckwit_finance", "fuckwit"),
        ("ʞɔnɟ this paper", "ʞɔnɟ"),
        ("Asssshoooole! you", "Asssshoooole"),
        ("beyond f——d repair", "f——d"),
        ("So eine Sch...e", "Sch...e"),
        ("ce budget de m€rd€ !", "m€rd€"),
        ("a cսnտ and ωhοre", "cսnտ"),
        ("what a vvanker", "vvanker"),
        ("c o ñ o, otra", "c o ñ o"),
        ("sh[i]t journalism", "sh[i]t"),
        ("duuumbaaasss question", "duuumbaaasss"),
        ("p̶r̶i̶c̶k̶ hero", "p̶r̶i̶c̶k̶"),
        ("#ShitshowBudget2024 trends", "Shitshow"),
        ("FDP de ministre, rends la caisse", "FDP"),
        ("phuqing potholes", "phuqing"),
        ("encore un FDP qui vote", "FDP"),
    ],
)
def test_a_word_is_found_however_it_is_cut_or_joined(find: Find, text: str, word: str) -> None:
    assert word in find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Push it to the limit, s hit by, put a stop to it.",
        "The difference between GA and FA is small; kan tot morgen.",
        "The victim, named only as S*** B*** by the court, is safe.",
        "The family court heard Ms C*** and her son B****** by video.",
        "The person(s) named, and (s)he, wrote colo(u)r.",
        "A witness identified as F*** was heard.",
        "sed 's/hit/miss/g' scores.txt",
        "Parking is A$5 here; stage 4 took 5h17m12s.",
        "The needle pricked, and the cóck crowed.",
        "le pays d'Ouche au cul-de-sac",
        "S. H. Iqbal and Wong Fu Ck wrote.",
    ],
)
def test_what_is_cut_by_accident_is_left_alone(find: Find, text: str) -> None:
    assert find(text) == []


def test_both_detectors_mark_the_same_place(candidate: Make) -> None:
    made, facts = candidate("that mother fucker again"), Facts(False, 20.0, True)
    found, library = profanity(made, facts), better_profanity(made, facts)
    assert found
    assert library
    assert [*found.spans] == [*library.spans]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Great tits and bulbuls are back this winter.", "en"),
        ("Punjab now breeds asses for export, says the livestock minister.", "en"),
        ("The shepherd bitch at the shelter had six puppies.", "en"),
        ("PK-760 via FUK at 05:55, your table has the wrong airport.", "en"),
        ("Un bâtard bien cuit et du thé, voilà mon petit déjeuner.", "fr"),
        ("Kutte ke kaatne ki vaccine Jinnah mein khatam hai.", "ur"),
        ("Der Marschall aß Barsch und spielte das Ass aus.", "de"),
        ("Viele Kanaken in Neukaledonien boykottierten das Referendum.", "de"),
        ("El HDP kurdo recurrió la sentencia del tribunal turco.", "es"),
        ("In Stockholm the sign 'Slut' only meant the line ended there.", "en"),
    ],
)
def test_fields_of_words_keep_company_with_the_other_meaning(find: Find, text: str, language: str) -> None:
    assert find(text, language=language) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("They called the anchor a slüt for reading it.", "slüt"),
        ("Shut up, kutte ke bache.", "kutte ke bache"),
    ],
)
def test_company_excuses_only_where_it_is_kept(find: Find, text: str, word: str) -> None:
    assert find(text) == [word]
