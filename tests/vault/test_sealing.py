"""Sealing: what comes out again, what is refused, and what the size of a box tells (nothing)."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model.email import EmailAddress, parse_email
from service.vault import CannotOpen, MasterKey, Vault

SITE, COMMENT = 7, UUID("0190a5b0-0000-7000-8000-000000000001")
KEYS = [MasterKey(number, bytes([number]) * 32) for number in (3, 2, 1)]
ADDRESSES = st.text(min_size=1, max_size=254).filter(lambda text: "\x00" not in text)
EMAIL = parse_email("reader@example.com")


def with_keys(*keys: MasterKey) -> Vault:
    return Vault(lambda: keys)


VAULT = with_keys(*KEYS)


def sealed(vault: Vault = VAULT, email: EmailAddress = EMAIL) -> bytes:
    return vault.seal(email, site_id=SITE, comment_id=COMMENT).box


def opened(box: bytes, vault: Vault = VAULT, *, site_id: int = SITE, comment_id: UUID = COMMENT) -> str:
    return vault.open(box, site_id=site_id, comment_id=comment_id)


@given(ADDRESSES, st.integers(min_value=0, max_value=2**31 - 1), st.uuids())
def test_what_was_sealed_comes_out_again(value: str, site_id: int, comment_id: UUID) -> None:
    box = VAULT.seal(EmailAddress(value, value), site_id=site_id, comment_id=comment_id)
    assert VAULT.open(box.box, site_id=site_id, comment_id=comment_id) == value
    assert value.encode() not in box.box or len(value) < 4


@given(st.integers(min_value=0, max_value=len(sealed()) * 8 - 1))
def test_one_turned_bit_anywhere_and_it_does_not_open(bit: int) -> None:
    box = bytearray(sealed())
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        opened(bytes(box))


@given(st.integers(min_value=0, max_value=len(sealed()) - 1))
def test_a_box_that_was_cut_does_not_open(length: int) -> None:
    with pytest.raises(CannotOpen):
        opened(sealed()[:length])


@given(st.binary(max_size=200))
def test_noise_does_not_open(noise: bytes) -> None:
    with pytest.raises(CannotOpen):
        opened(noise)


def test_a_box_moved_to_another_comment_or_site_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        opened(sealed(), comment_id=UUID(int=COMMENT.int + 1))
    with pytest.raises(CannotOpen):
        opened(sealed(), site_id=SITE + 1)


def test_a_box_under_a_key_that_is_gone_does_not_open_and_says_so_without_the_address() -> None:
    box = sealed(with_keys(MasterKey(9, b"9" * 32)))
    with pytest.raises(CannotOpen, match="cannot be decrypted") as caught:
        opened(box)
    assert "reader" not in str(caught.value)


def test_a_key_of_the_same_id_but_another_secret_does_not_open() -> None:
    box = sealed(with_keys(MasterKey(1, b"x" * 32)))
    with pytest.raises(CannotOpen):
        opened(box, with_keys(MasterKey(1, b"y" * 32)))


def test_the_newest_key_seals_and_every_key_opens() -> None:
    assert VAULT.seal(EMAIL, site_id=SITE, comment_id=COMMENT).key_id == 3
    assert VAULT.key_ids == [3, 2, 1]
    for key in KEYS:
        assert opened(sealed(with_keys(key))) == "reader@example.com"


@given(ADDRESSES, ADDRESSES)
def test_the_size_of_a_box_tells_the_length_in_steps_of_64_only(one: str, other: str) -> None:
    sizes = [len(sealed(email=EmailAddress(value, value))) for value in (one, other)]
    steps = [-(-len(value.encode()) // 64) for value in (one, other)]
    assert (sizes[0] == sizes[1]) is (steps[0] == steps[1])
    assert max(sizes) <= 15 + 16 + 254 * 4 + 64


def test_addresses_as_people_have_them_all_look_alike() -> None:
    values = ["a@b.co", "reader@example.com", "a.rather.long.first.and.last.name@newspaper.example"]
    assert len({len(sealed(email=parse_email(value))) for value in values}) == 1


def test_the_longest_address_fits_its_column() -> None:
    longest = parse_email("a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 53 + ".example")
    assert len(longest.value) == 254
    assert len(sealed(email=longest)) <= 400


def test_sealing_twice_gives_two_different_boxes() -> None:
    assert sealed() != sealed()


def digest_of(text: str, site_id: int = SITE, keys: Sequence[MasterKey] = KEYS) -> bytes:
    return with_keys(*keys).seal(parse_email(text), site_id=site_id, comment_id=COMMENT).digest


def test_one_mailbox_has_one_digest_however_it_was_typed() -> None:
    assert digest_of("A@BÜCHER.example") == digest_of("a@xn--bcher-kva.example")
    assert digest_of("a@example.com") != digest_of("a+tag@example.com")
    assert len(digest_of("a@example.com")) == 16


def test_digests_of_two_sites_or_two_keys_have_nothing_in_common() -> None:
    assert digest_of("a@example.com", site_id=1) != digest_of("a@example.com", site_id=2)
    assert digest_of("a@example.com", keys=KEYS[:1]) != digest_of("a@example.com", keys=KEYS[1:])


def test_an_author_is_found_under_every_key_of_the_ring() -> None:
    email = parse_email("a@example.com")
    assert VAULT.digests(email, SITE) == [digest_of("a@example.com", keys=[key]) for key in KEYS]


def test_a_key_check_is_the_same_for_the_same_key_and_differs_for_any_other() -> None:
    assert VAULT.key_checks() == with_keys(*KEYS).key_checks()
    assert VAULT.key_checks().keys() == {1, 2, 3}
    assert len({*VAULT.key_checks().values(), *with_keys(MasterKey(1, b"z" * 32)).key_checks().values()}) == 4
