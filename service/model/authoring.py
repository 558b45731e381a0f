"""A comment as its author sees it, and what authors and readers may do to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from service.errors import FieldRefused
from service.model.characters import refuse_control_characters
from service.model.comments import Status
from service.model.decisions import Reason

MAX_REPORT_NOTE = 1_000
MAX_APPEAL = 500


class Told(StrEnum):
    """What an author is told of a comment: never why, and never by which rule."""

    PENDING = "pending"
    PUBLISHED = "published"
    NOT_PUBLISHED = "not_published"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment with what decides over its author's rights.

    `by_policy` says that the policy and no person made its status, `edit_until` until when its author may
    change it, `due_at` until when somebody should have decided, and `gone` that it is a tombstone.
    """

    id: UUID
    site_id: int
    page_id: UUID
    page_url: str
    parent_id: UUID | None
    parent_name: str | None
    root_id: UUID
    name: str
    website: str | None
    text: str
    created_at: datetime
    edited_at: datetime | None
    edit_until: datetime
    due_at: datetime
    appealed_at: datetime | None
    status: Status
    by_policy: bool
    gone: bool
    version: int

    def told(self, now: datetime) -> Told:
        """How it stands, as far as its author is told.

        What the policy rejected looks pending until a person should have decided: an answer that came at
        once would tell spammers which words to change.
        """
        if self.gone:
            return Told.REMOVED
        if self.status is Status.APPROVED:
            return Told.PUBLISHED
        if self.status is Status.PENDING or (self.by_policy and now < self.due_at):
            return Told.PENDING
        return Told.NOT_PUBLISHED

    def may_edit(self, now: datetime) -> bool:
        """Whether its author may change the text now."""
        return now < self.edit_until and self.told(now) in {Told.PENDING, Told.PUBLISHED}

    def may_appeal(self, now: datetime) -> bool:
        """Whether its author may ask for a second look, which is granted once."""
        return self.appealed_at is None and self.told(now) is Told.NOT_PUBLISHED


@dataclass(frozen=True, slots=True)
class Revision:
    """What a comment said as version `version`, until its author replaced it."""

    version: int
    text: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A reader's report of a published comment. `reporter` is a keyed digest of the reader's network."""

    reporter: bytes
    reason: Reason
    note: str | None


@dataclass(frozen=True, slots=True)
class Reports:
    """The open reports of one comment: how many for each reason, what the latest say, and from when."""

    counts: dict[Reason, int]
    notes: tuple[str, ...]
    first_at: datetime
    last_at: datetime


def parse_appeal(raw: str) -> str:
    """What an author says when asking for a second look: at most 500 characters."""
    if len(raw) > MAX_APPEAL:
        raise FieldRefused("words.too_long", f"An appeal may have {MAX_APPEAL} characters.")
    refuse_control_characters(raw, line_breaks=True)
    return raw.strip()


def parse_report_note(raw: str) -> str:
    """What a reader says about a report: at most 1,000 characters."""
    if len(raw) > MAX_REPORT_NOTE:
        raise FieldRefused("note.too_long", f"A note may have {MAX_REPORT_NOTE:,} characters.")
    refuse_control_characters(raw, line_breaks=True)
    return raw.strip()
