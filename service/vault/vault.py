"""Seals e-mail addresses, and makes every keyed digest in the project.

Each 32-byte master key of the ring yields one key for each purpose by HKDF-SHA256 (RFC 5869); no key
has two uses. Sealing is AES-256-GCM-SIV (RFC 8452), which stays safe should a nonce ever repeat, bound
to the site and the comment as associated data: a sealed value moved to another row does not open.
"""

import base64
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.errors import ServiceError
from service.model.email import EmailAddress

MAX_KEY_ID: Final = 32_767
_FORMAT: Final = b"\x01"
_STEP: Final = 64
_KEY_CHECK: Final = b"greenroom key check"


class CannotOpen(ServiceError):
    """A sealed value that no key here opens: damaged, moved, or sealed under a key that is gone."""

    def __init__(self) -> None:
        super().__init__("This cannot be decrypted with the keys at hand.")


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key of the ring; `id` is 1 to `MAX_KEY_ID` (the database's smallint) and never used twice."""

    id: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed address with the digest that finds it again."""

    box: bytes
    digest: bytes
    key_id: int


class Vault:
    """Seals with the newest key of the ring and opens with any; the ring may grow while we run."""

    def __init__(self, ring: Callable[[], Sequence[MasterKey]]) -> None:
        """`ring` gives the keys, newest first, at least one; it is asked at every use."""
        self._ring = ring

    @property
    def key_ids(self) -> list[int]:
        """The ids in the ring, newest first."""
        return [key.id for key in self._ring()]

    def seal(self, email: EmailAddress, *, site_id: int, comment_id: UUID) -> Sealed:
        """Encrypt under the newest key, bound to the comment, padded to 64-byte steps."""
        key = self._ring()[0]
        nonce = os.urandom(12)
        box = _cipher(key).encrypt(nonce, _pad(email.value.encode()), _bound_to(site_id, comment_id))
        head = _FORMAT + key.id.to_bytes(2, "big") + nonce
        return Sealed(head + box, self._digest(key, site_id, email.canonical), key.id)

    def open(self, box: bytes, *, site_id: int, comment_id: UUID) -> str:
        """The address in `box`, or `CannotOpen`."""
        key = self._key(int.from_bytes(box[1:3], "big"))
        if key is None or box[:1] != _FORMAT:
            raise CannotOpen
        try:
            padded = _cipher(key).decrypt(box[3:15], box[15:], _bound_to(site_id, comment_id))
        except (InvalidTag, ValueError):
            raise CannotOpen from None
        return padded.rstrip(b"\x00").decode()

    def seal_secret(self, purpose: str, secret: bytes, owner: UUID) -> bytes:
        """Encrypt a short secret under a key for this purpose alone, bound to whose it is."""
        key = self._ring()[0]
        nonce = os.urandom(12)
        box = _cipher(key, purpose).encrypt(nonce, secret, owner.bytes)
        return _FORMAT + key.id.to_bytes(2, "big") + nonce + box

    def open_secret(self, purpose: str, box: bytes, owner: UUID) -> bytes:
        """The secret in `box`, or `CannotOpen`."""
        key = self._key(int.from_bytes(box[1:3], "big"))
        if key is None or box[:1] != _FORMAT:
            raise CannotOpen
        try:
            return _cipher(key, purpose).decrypt(box[3:15], box[15:], owner.bytes)
        except (InvalidTag, ValueError):
            raise CannotOpen from None

    def digests(self, email: EmailAddress, site_id: int) -> list[bytes]:
        """The address's digests under every key of the ring, to find rows of any age."""
        return [self._digest(key, site_id, email.canonical) for key in self._ring()]

    def key_checks(self) -> dict[int, bytes]:
        """For each key id a digest of a constant, which tells a wrong key from the right one."""
        return {key.id: _mac(key, "key-check", _KEY_CHECK) for key in self._ring()}

    def tag(self, purpose: str, message: bytes, size: int = 16) -> bytes:
        """A keyed digest for look-ups within this installation: limits, fingerprints.

        Keyed BLAKE2b (RFC 7693, 2.9), `size` 1…64 bytes: several are made for each submission, and it costs
        a fraction of an HMAC. Made with the oldest key, so that a rotation changes none.
        """
        key = _derive(self._ring()[-1].secret, purpose)
        return blake2b(message, digest_size=size, key=key).digest()

    def secrets(self, purpose: str) -> list[bytes]:
        """Keys for a protocol that signs by itself: one of each master key, newest first."""
        return [_derive(key.secret, purpose) for key in self._ring()]

    def sign(self, purpose: str, message: bytes) -> str:
        """A short signature for a token that goes out and comes back: `<key id>.<base64url>`."""
        key = self._ring()[0]
        return f"{key.id}.{_encode(_mac(key, purpose, message)[:16])}"

    def verify(self, purpose: str, message: bytes, signature: str) -> bool:
        """Whether `signature` was made by `sign` for this purpose and message, by any key we have."""
        key_id, _, mac = signature.partition(".")
        key = self._key(int(key_id)) if key_id.isascii() and key_id.isdigit() and len(key_id) < 6 else None
        if key is None or not mac.isascii():
            return False
        return hmac.compare_digest(_encode(_mac(key, purpose, message)[:16]), mac)

    def _key(self, key_id: int) -> MasterKey | None:
        return next((key for key in self._ring() if key.id == key_id), None)

    def _digest(self, key: MasterKey, site_id: int, canonical: str) -> bytes:
        return _mac(key, f"email-index|{site_id}", canonical.encode())[:16]


def _bound_to(site_id: int, comment_id: UUID) -> bytes:
    return b"email|v1|" + site_id.to_bytes(8, "big") + comment_id.bytes


def _pad(plain: bytes) -> bytes:
    return plain + b"\x00" * (-len(plain) % _STEP)


@lru_cache(maxsize=4096)
def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"greenroom|v1|" + purpose.encode()).derive(secret)


@lru_cache(maxsize=64)
def _cipher_of(secret: bytes, purpose: str) -> AESGCMSIV:
    return AESGCMSIV(_derive(secret, purpose))


def _cipher(key: MasterKey, purpose: str = "email-aead") -> AESGCMSIV:
    return _cipher_of(key.secret, purpose)


def _mac(key: MasterKey, purpose: str, message: bytes) -> bytes:
    return hmac.digest(_derive(key.secret, purpose), message, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
