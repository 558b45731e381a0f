from service.screening.folding import Folded, fold
from service.screening.remembered import remembered


def test_what_was_read_last_in_each_field_is_not_read_again() -> None:
    asked: list[str] = []

    @remembered
    def read(folded: Folded, field: str) -> str:
        asked.append(field)
        return folded.text.upper()

    text, same = fold("one"), fold("one")
    assert [read(text, "text"), read(text, "text"), read(text, "name"), read(text, "text")] == ["ONE"] * 4
    assert asked == ["text", "name"]
    assert read(same, "text") == "ONE"
    assert asked == ["text", "name", "text"]
