from service.screening.folding import Folded, fold
from service.screening.remembered import remembered


def test_a_text_is_read_once_and_a_name_each_time() -> None:
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
