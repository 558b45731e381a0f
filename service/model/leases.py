"""A lease: who is looking at a pending comment, and until when. A hint to colleagues, not a lock."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """`by` holds the comment until `until`, unless they decide on it, extend it, or give it back before."""

    by: str
    until: datetime
