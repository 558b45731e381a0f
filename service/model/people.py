"""Who may do what: moderators, tokens, and the principal that a request acts as."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters, refuse_invisible_characters

_NAME: Final = re.compile(r"\S(?:.{0,62}\S)?")


class Scope(StrEnum):
    """What a token or a role allows; `moderate` includes `read`, `admin` everything but `disclose`."""

    READ = "read"
    MODERATE = "moderate"
    DISCLOSE = "disclose"
    EXPORT = "export"
    ADMIN = "admin"


class Role(StrEnum):
    """What a moderator is, everywhere or on one site."""

    READER = "reader"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Errand(StrEnum):
    """What somebody must see to before they may do anything else."""

    OWN_PASSWORD = "own_password"  # noqa: S105 - the name of an errand
    SECOND_FACTOR = "second_factor"


# Who decides must be able to look. Nobody opens addresses by being something else.
_INCLUDED_IN: Final = {
    Scope.READ: (Scope.MODERATE, Scope.ADMIN),
    Scope.MODERATE: (Scope.ADMIN,),
    Scope.EXPORT: (Scope.ADMIN,),
}
ROLE_SCOPES: Final = {
    Role.READER: frozenset({Scope.READ}),
    Role.MODERATOR: frozenset({Scope.READ, Scope.MODERATE}),
    Role.ADMIN: frozenset({Scope.READ, Scope.MODERATE, Scope.EXPORT, Scope.ADMIN}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: `site_ids` None means every site; `session` is set for browsers.

    `scopes` are held somewhere; `by_site` says where, for whoever is not the same on all of their sites.
    """

    name: str
    scopes: frozenset[Scope]
    site_ids: frozenset[int] | None
    moderator_id: UUID | None = None
    session: bytes | None = None
    by_site: Mapping[int, frozenset[Scope]] = field(default_factory=dict)
    errand: Errand | None = None

    def may(self, scope: Scope, site_id: int | None = None) -> bool:
        """Whether this scope is held, or one that includes it: on this site, or without one, anywhere."""
        return _includes(self.scopes_on(site_id), scope)

    def scopes_on(self, site_id: int | None) -> frozenset[Scope]:
        """What they hold on this site; without one, all that they hold anywhere."""
        if site_id is None:
            return self.scopes
        return self.by_site.get(site_id, self.scopes) if self.sees(site_id) else frozenset()

    def sees(self, site_id: int) -> bool:
        """Whether the site is one of theirs."""
        return self.site_ids is None or site_id in self.site_ids

    def within(self, scope: Scope) -> "Principal":
        """The same caller, seeing only the sites where this scope is held.

        An endpoint that needs a scope gets its caller like this, so that whatever asks which sites are
        theirs asks for the scope as well.
        """
        if self.site_ids is None or not self.by_site:
            return self
        held = frozenset(site_id for site_id in self.site_ids if self.may(scope, site_id))
        return replace(self, site_ids=held)

    @property
    def governs(self) -> bool:
        """Whether the installation is theirs to run: an admin of every site."""
        return self.site_ids is None and Scope.ADMIN in self.scopes


def _includes(held: frozenset[Scope], scope: Scope) -> bool:
    return not held.isdisjoint({scope, *_INCLUDED_IN.get(scope, ())})


def covers(held: frozenset[Scope], asked: frozenset[Scope]) -> bool:
    """Whether everything that is asked for is held, itself or by a scope that includes it."""
    return all(_includes(held, scope) for scope in asked)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a moderator may do: `sites` None means the role on every site, else each site's own role.

    A site's role of None is `role`.
    """

    role: Role
    sites: Mapping[int, Role | None] | None = None
    may_disclose: bool = False

    @property
    def governs(self) -> bool:
        """Whether the installation is theirs to run."""
        return self.sites is None and self.role is Role.ADMIN


# Decisions and audit events have names, and these are not people's; the last two are words of the search.
_NOBODYS: Final = frozenset(
    {
        "policy",
        "author",
        "retention",
        "erasure",
        "owner of the address",
        "provider",
        "command line",
        "me",
        "nobody",
    }
)


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who decides. `password_hash` is argon2id in PHC string format; None: another way in.

    Who `follows_groups` came in by a provider's group, and has the role that their groups give them now.
    """

    id: UUID
    name: str
    rights: Rights
    password_hash: str | None = None
    one_time_until: datetime | None = None
    totp: bytes | None = None
    has_second_factor: bool = False
    is_linked: bool = False
    follows_groups: bool = False
    created_at: datetime | None = None
    disabled_at: datetime | None = None


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
    if raw.lower() in _NOBODYS or raw.lower().startswith(("token ", "rule ")):
        raise FieldRefused("moderator.reserved", "This is what the audit trail calls somebody else.")
    return raw


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to a provider: (`issuer`, `subject`) and nothing else tells one from another.

    `name` is what the provider calls them, empty where that would be an address.
    """

    issuer: str
    subject: str
    name: str = ""
    groups: frozenset[str] = frozenset()
