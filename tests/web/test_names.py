"""The first letter of a name, as it stands in the disc beside a comment."""

import pytest

from service.web.drawing.names import initial


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("nadia", "N"),
        ("زبیدہ", "ز"),
        ("  «Ämil»", "Ä"),
        ("A\u0308mil", "Ä"),
        ("ßen", "S"),
        ("🦊", ""),
        ("3rd reader", "3"),
        ("", ""),
    ],
)
def test_it_is_a_capital_letter_or_a_digit_or_nothing(name: str, letter: str) -> None:
    assert initial(name) == letter
