"""What people may ask about what is kept of them: a copy, and that it is erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Mode(StrEnum):
    """What an erasure leaves of a published comment: its place alone, or its text too, tied to nobody."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


@dataclass(frozen=True, slots=True)
class Erasure:
    """On this site, comments with smaller ids than `until` whose contacts have one of these digests.

    `called` is what published ones, whose texts stay, are signed with from then on; None: nothing stays.
    """

    site_id: int
    id: UUID
    digests: tuple[bytes, ...]
    until: UUID
    asked_at: datetime
    called: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What was taken back for good: a comment by its author, or a token. Site 0 is every site."""

    what: Literal["withdrawn", "revoked"]
    site_id: int
    id: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took: comments, and rows by the table that they were in.

    `anonymised` is how many of the comments stay, without a tie to whoever wrote them.
    """

    comments: int = 0
    rows: Mapping[str, int] | None = None
    anonymised: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        ours, theirs = self.rows or {}, other.rows or {}
        rows = {name: ours.get(name, 0) + theirs.get(name, 0) for name in [*ours, *(theirs.keys() - ours)]}
        return Erased(self.comments + other.comments, rows, self.anonymised + other.anonymised)


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """Somebody's wish to see or erase what is kept; `site_id` None: on every site. `address` is sealed."""

    id: UUID
    site_id: int | None
    address: bytes | None
    digest: bytes | None
    asked_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether its link may still be used."""
        return self.used_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is to be sent; `recipient` is sealed."""

    id: UUID
    kind: str
    about: UUID
    recipient: bytes
    language: str
    attempts: int


@dataclass(frozen=True, slots=True)
class KeptOnSite:
    """What one site keeps under an address."""

    site: str
    comments: Sequence[Mapping[str, object]]
    rules: Sequence[Mapping[str, object]]
