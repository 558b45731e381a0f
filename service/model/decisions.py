"""A decision: a moderator approves or rejects, with a reason. Append-only; undo is another decision."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import refuse_control_characters

MAX_NOTE: Final = 1_000


class Action(StrEnum):
    """What a decision does. `undo` brings back what was before the latest decision."""

    APPROVE = "approve"
    REJECT = "reject"
    UNDO = "undo"


class Reason(StrEnum):
    """Why a comment was rejected."""

    SPAM = "spam"
    ABUSE = "abuse"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a moderator wants, and the version of the comment that was on the screen."""

    action: Action
    version: int
    reason: Reason | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.reason and self.action is not Action.REJECT:
            raise FieldRefused("reason.unexpected", "Only a rejection has a reason.")
        if self.note:
            refuse_control_characters(self.note, line_breaks=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """One act on one comment: it led from `before` to `after` and made version `version`.

    `at` is the database's time, None until it is stored. `automatic` says that the policy decided and no
    person; `batch_id` is what one act on many comments has in common.
    """

    id: UUID
    action: Action
    reason: Reason | None
    note: str | None
    before: str
    after: str
    version: int
    by: str
    at: datetime | None
    automatic: bool = False
    batch_id: UUID | None = None
