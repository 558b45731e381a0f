"""Bytes that many are sent, in the content codings that clients take (RFC 9110, sections 8.4 and 12.5.3).

Each coding of a representation is made once, when it is first asked for, and kept beside it. Only what is
the same for everybody comes here: an answer with a secret in it is sent as it is (ADR 23).
"""

import gzip
from copy import copy
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Literal

import brotli

Coding = Literal["br", "gzip", ""]

_WORTH_IT: Final = 256


@lru_cache(maxsize=256)
def coding_of(accept: str) -> Coding:
    """The coding for an Accept-Encoding header: brotli before gzip, none where neither is taken.

    A weight of 0 refuses; other weights are not compared, for browsers give none.
    """
    taken = {}
    for part in accept.lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    for coding in _CODINGS:
        if taken.get(coding, taken.get("*", False)):
            return coding
    return ""


class Rendered:
    """One representation: its bytes, a strong quoted tag of them (8.8.3), and both in other codings."""

    __slots__ = ("_made", "_thorough", "_worth_it", "body", "etag", "stale_for")

    def __init__(self, body: bytes, *, thorough: bool = False, kept: bool = True) -> None:
        """Wrap bytes. `thorough` takes a hundred times as long, for what is made once and for all.

        What is not `kept` is sent as it is: it would be compressed for one request.
        """
        self.body = body
        self.etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        self._thorough = thorough
        self._worth_it = kept and len(body) >= _WORTH_IT
        self._made: dict[Coding, bytes] = {"": body}
        # Whole seconds since it was drawn, where it could not be drawn anew.
        self.stale_for: int | None = None

    def aged(self, seconds: int) -> "Rendered":
        """The same, said to be this old."""
        older = copy(self)
        older.stale_for = seconds
        return older

    def has(self, coding: Coding) -> bool:
        """Whether this coding was made, or need not be."""
        return coding in self._made or not self._worth_it

    def coded(self, coding: Coding) -> tuple[bytes, str, dict[str, str]]:
        """The bytes in a coding, their tag, and the header that names the coding where there is one."""
        if not (coding and self._worth_it):
            return self.body, self.etag, {}
        made = self._made.get(coding)
        if made is None:
            made = self._made[coding] = self._make(coding)
        return made, f'{self.etag[:-1]}-{coding}"', {"Content-Encoding": coding}

    def _make(self, coding: Coding) -> bytes:
        if coding == "br":
            return brotli.compress(self.body, mode=brotli.MODE_TEXT, quality=11 if self._thorough else 5)
        return gzip.compress(self.body, 9 if self._thorough else 6, mtime=0)


_CODINGS: Final[tuple[Coding, ...]] = ("br", "gzip")
