"""Who may do what: moderators, tokens, and the principal that a request acts as."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters, refuse_invisible_characters

MIN_PASSWORD: Final = 10
MAX_PASSWORD: Final = 256
_NAME: Final = re.compile(r"\S(?:.{0,62}\S)?")


class Scope(StrEnum):
    """What a token or a role allows; `moderate` includes `read`, `admin` everything."""

    READ = "read"
    MODERATE = "moderate"
    DISCLOSE = "disclose"
    EXPORT = "export"
    ADMIN = "admin"


class Role(StrEnum):
    """What a moderator is."""

    MODERATOR = "moderator"
    ADMIN = "admin"


# Who decides must be able to look.
_INCLUDED_IN: Final = {Scope.READ: (Scope.MODERATE,)}
ROLE_SCOPES: Final = {
    Role.MODERATOR: frozenset({Scope.READ, Scope.MODERATE}),
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: `site_ids` None means every site; `session` is set for browsers."""

    name: str
    scopes: frozenset[Scope]
    site_ids: frozenset[int] | None
    moderator_id: UUID | None = None
    session: bytes | None = None

    def may(self, scope: Scope) -> bool:
        """Whether this scope is held, or one that includes it."""
        return not self.scopes.isdisjoint({scope, *_INCLUDED_IN.get(scope, ()), Scope.ADMIN})

    def sees(self, site_id: int) -> bool:
        """Whether the site is one of theirs."""
        return self.site_ids is None or site_id in self.site_ids


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who decides. `password_hash` is argon2id in PHC string format."""

    id: UUID
    name: str
    role: Role
    site_ids: frozenset[int] | None
    password_hash: str


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to what. `site_id` 0 is the installation itself; never holds an e-mail address."""

    action: str
    actor: str
    site_id: int = 0
    target: str | None = None
    before: str | None = None
    after: str | None = None


def parse_moderator_name(raw: str) -> str:
    """A moderator's sign-in name: 1 to 64 visible characters."""
    if len(raw) > 64 or not _NAME.fullmatch(raw) or is_blank(raw):
        raise FieldRefused("moderator.name", "A moderator's name is 1 to 64 characters.")
    refuse_control_characters(raw, line_breaks=False)
    refuse_invisible_characters(raw)
    return raw


def parse_password(raw: str) -> str:
    """A password of 10 to 256 characters, any characters but NUL."""
    if not MIN_PASSWORD <= len(raw) <= MAX_PASSWORD or "\x00" in raw:
        raise FieldRefused("password.length", f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    return raw
