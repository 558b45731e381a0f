import pytest

from service.screening.amounts import find_amounts
from service.screening.folding import fold


def found(text: str) -> list[tuple[str, str]]:
    folded = fold(text).text
    return [(group, folded[start:end]) for start, end, group in find_amounts(folded)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("made $7,420 last month", "$7,420"),
        ("pays 97$ per hour", "97$ per hour"),
        ("Rs. 5000 only", "rs. 5000"),
        ("300 € al día", "300 € al dia"),
        ("20k a day", "20k a day"),
        ("rozana 2000 rupay", "2000 rupay"),
    ],
)
def test_sums_of_money_are_found_with_what_they_are_paid_for(text: str, written: str) -> None:
    assert found(text) == [("money", written)]


def test_sums_are_found_in_cyrillic_though_it_is_folded() -> None:
    assert [group for group, _ in found("5000 рублей в день")] == ["money"]


@pytest.mark.parametrize("text", ["20% off today", "100% guaranteed", "gone in 7 days", "nur in 3 tagen"])
def test_percentages_and_hours_that_promise_are_found(text: str) -> None:
    assert [group for group, _ in found(text)] == ["promise"]


@pytest.mark.parametrize(
    "text",
    ["turnout was 51.7%", "page 12 of 40", "on 22.05.2020", "Directive 95/46/EC", "3 people", "in the 90s"],
)
def test_other_figures_are_left_alone(text: str) -> None:
    assert found(text) == []
