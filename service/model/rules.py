"""A standing rule: a decision on many comments that also holds, for a while, for those to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.model.decisions import Action, Reason

MAX_HOURS: Final = 168
MAX_VALUE: Final = 253


class RuleKind(StrEnum):
    """What comments must have in common with a rule: its `value` is said in these terms."""

    CAMPAIGN = "campaign"
    HOST = "host"
    AUTHOR = "author"
    NETWORK = "network"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is decided of comments that match, until it expires or somebody ends it.

    `value` is a campaign's id, a host (which stands for those below it too), a keyed digest in hex, or
    folded words.
    """

    id: UUID
    kind: RuleKind
    value: str
    action: Action
    reason: Reason | None
    made_by: str

    @property
    def actor(self) -> str:
        """Whose decisions it makes, as the log has them."""
        return f"rule {self.id} of {self.made_by}"


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule with its history: the batch it came from, and how many comments it decided."""

    rule: Rule
    site: str
    batch_id: UUID | None
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    used: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules look at in a comment: keyed digests of its author and network, in hex; hosts; its text."""

    campaign_id: UUID | None
    hosts: Sequence[str]
    authors: Sequence[str]
    network: str
    text: str
