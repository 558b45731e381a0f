"""The model of a newsroom: people, comments, and the decisions on them."""

from dataclasses import dataclass, field
from uuid import UUID

from service.model.people import Role


@dataclass
class Person:
    """A moderator: their role by site (a site that is not there is none of theirs), and their session."""

    id: UUID
    name: str
    roles: dict[str, Role]
    headers: dict[str, str] = field(default_factory=dict)
    disabled: bool = False
    signed_in: bool = True

    def sees(self, site: str) -> bool:
        return site in self.roles

    def decides(self, site: str) -> bool:
        return self.roles.get(site, Role.READER) is not Role.READER

    @property
    def may_decide(self) -> bool:
        return any(map(self.decides, self.roles))


@dataclass
class Made:
    """A decision: what it said, what it led to, and the key that it came with."""

    by: str
    action: str
    after: str
    key: str | None


@dataclass
class Said:
    """A comment: each decision on it makes a version."""

    id: UUID
    site: str
    made: list[Made] = field(default_factory=list)
    holder: str | None = None

    @property
    def version(self) -> int:
        return len(self.made) + 1

    @property
    def status(self) -> str:
        return self.was(self.version)

    def was(self, version: int) -> str:
        return self.made[version - 2].after if version > 1 else "pending"
