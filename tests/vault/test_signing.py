"""Signatures and tags: ours are known again, also after a rotation; nobody else's are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.vault import MasterKey, Vault

OLD, NEW = MasterKey(1, b"1" * 32), MasterKey(2, b"2" * 32)
BEFORE, AFTER = Vault(lambda: [OLD]), Vault(lambda: [NEW, OLD])


@given(st.text(max_size=20), st.binary(max_size=60))
def test_a_signature_is_known_again(purpose: str, message: bytes) -> None:
    assert AFTER.verify(purpose, message, AFTER.sign(purpose, message))


def test_a_signature_is_for_one_purpose_and_one_message() -> None:
    signature = AFTER.sign("form-token", b"message")
    assert not AFTER.verify("author-token", b"message", signature)
    assert not AFTER.verify("form-token", b"massage", signature)


def test_a_signature_outlives_a_rotation_but_not_its_key() -> None:
    signature = BEFORE.sign("form-token", b"m")
    assert signature.startswith("1.")
    assert AFTER.sign("form-token", b"m").startswith("2.")
    assert AFTER.verify("form-token", b"m", signature)
    assert not Vault(lambda: [NEW]).verify("form-token", b"m", signature)


@given(st.integers(min_value=0, max_value=23), st.characters())
def test_one_changed_character_is_noticed(place: int, letter: str) -> None:
    signature = AFTER.sign("form-token", b"m")
    forged = signature[:place] + letter + signature[place + 1 :]
    assert AFTER.verify("form-token", b"m", forged) is (forged == signature)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        ".",
        "2.",
        ".x",
        "2",
        "9.AAAAAAAAAAAAAAAAAAAAAA",
        "²." + "A" * 22,
        "2.é",
        "-1.x",
        "9" * 5_000 + ".x",
        "2.\x00",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_what_is_no_signature_is_no_signature(signature: str) -> None:
    assert AFTER.verify("form-token", b"m", signature) is False


@given(st.text(max_size=40))
def test_no_text_makes_verifying_fail(signature: str) -> None:
    assert AFTER.verify("form-token", b"m", signature) is False


def test_tags_find_again_what_was_stored_before_a_rotation() -> None:
    assert BEFORE.tag("limit", b"m") == AFTER.tag("limit", b"m")
    assert AFTER.tag("limit", b"m") != AFTER.tag("fingerprint", b"m")
    assert [len(AFTER.tag("limit", b"m")), len(AFTER.tag("limit", b"m", 32))] == [16, 32]
