"""What a text is compared by with others."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Print:
    """The normalised text, its digest (16 bytes), and its bands (64 bits each, signed)."""

    normal: str
    digest: bytes
    bands: Sequence[int]
