"""A text that says who wrote it says so without a name above it."""

import pytest

from service.screening.candidate import Words
from service.screening.telling import tells_its_author


@pytest.mark.parametrize(
    ("text", "name", "website"),
    [
        ("So says Quetzal.", "Quetzal", None),
        ("I, QUÉTZAL, was there.", "Quetzal Lopez", None),
        ("Yours, Lopez", "Quetzal Lopez", None),
        ("Ask @quetzal about it.", "Quetzal", None),
        ("Quetzal's bridge", "Quetzal", None),
        ("Quеtzal with a Cyrillic е", "Quetzal", None),
        ("I am Jo.", "Jo", None),
        ("我是王小明，住在这里。", "王小明", None),
        ("میں زاہدہ ہوں", "زاہدہ", None),
        ("More on quetzal.example/bridge.", "Q", "https://www.quetzal.example/"),
        ("Write to me: somebody@mail.example", "Q", None),
    ],
)
def test_a_text_with_a_name_a_website_or_an_address_tells(text: str, name: str, website: str | None) -> None:
    assert tells_its_author(Words(text, name, website))


@pytest.mark.parametrize(
    ("text", "name", "website"),
    [
        ("The bridge is closed.", "Quetzal", "https://quetzal.example/"),
        ("A bridge is closed.", "A", None),
        ("Needed for years.", "Ed", None),
        ("So it is: at 5 @ the bridge.", "Al Bo", None),
        ("علیحدہ بات ہے", "علی", None),
    ],
)
def test_other_texts_do_not(text: str, name: str, website: str | None) -> None:
    assert not tells_its_author(Words(text, name, website))
