"""Names that pass for those of the site's own people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.screening.posing import poses

OWN = ["admin", "Ana", "Bilal Khan", "The Daily Bridge"]


@pytest.mark.parametrize(
    "name",
    [
        *("admin", "ADMIN", "\u0430dmin", "\uff21\uff24\uff2d\uff29\uff2e", "\U0001d400dmin"),
        *(
            "a.d.m.i.n",
            "adm1n",
            "@dm!n",
            "Bilal  Khan",
            "b\u0456l\u0430l kh\u0430n",
            "BilalKhan",
            "Bilal_Khan",
        ),
        *("ana", "Ana, moderator", "Moderator Ana", "\u0410na", "An\u00e1"),
        *("Daily Bridge", "the daily bridge", "Daily Bridge Team", "Official Daily Bridge"),
        *("Moderator", "The Editors", "Модератор", "المشرف", "Modérateur"),
    ],
)
def test_what_looks_like_one_of_the_own_names_poses(name: str) -> None:
    assert poses(name, OWN)


OTHERS = ["Anna", "Bilal", "Khan", "Daily", "Bridge", "Diana", "admiral", "The", "", "\u200d", "...", "انا"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_do_not(name: str) -> None:
    assert not poses(name, OWN)


@given(st.text(max_size=100))
def test_every_name_with_letters_looks_like_itself_in_any_case(name: str) -> None:
    if any(letter.isalpha() and letter.isascii() for letter in name):
        assert poses(name.upper(), [name.upper()])
        assert poses(name, [name])


@given(st.text(max_size=100), st.lists(st.text(max_size=30), max_size=3))
def test_no_name_at_all_makes_it_fail(name: str, own: list[str]) -> None:
    assert poses(name, own) in {True, False}
