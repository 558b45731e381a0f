"""Before and after in one run of segments, for any two texts, in bounded time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from service.web.wire.changes import changes

TEXTS = st.text(st.sampled_from("ab آ\n.،😀é "), max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_changes(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(each.text for each in found if each.change != "added") == before
    assert "".join(each.text for each in found if each.change != "removed") == after
    assert all(each.text for each in found)
    if before == after:
        assert [each.change for each in found] == ["kept"] * bool(before)


def test_whole_words_are_changed() -> None:
    found = changes("The old bridge is closed.", "The new bridge was closed.")
    assert [(each.text, each.change) for each in found] == [
        *(("The ", "kept"), ("old", "removed"), ("new", "added"), (" bridge ", "kept")),
        *(("is", "removed"), ("was", "added"), (" closed.", "kept")),
    ]


def test_texts_that_share_nothing_but_spaces_are_one_removal_and_one_addition() -> None:
    found = changes("One, two three.", "Vier, پانچ sechs.")
    assert [(each.text, each.change) for each in found] == [
        *(("One, two three", "removed"), ("Vier, پانچ sechs", "added"), (".", "kept")),
    ]


def test_two_long_texts_that_share_nothing_cost_little() -> None:
    start = time.process_time()
    found = changes("a " * 5_000, "b " * 5_000)
    assert [each.change for each in found] == ["removed", "added", "kept"]
    assert time.process_time() - start < 1
