"""What moderators and their programs send and get: comments with their bills, and decisions."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, StrictInt, StrictStr

from service.model.comments import Comment
from service.model.decisions import MAX_NOTE, Action, Reason
from service.model.screenings import Signal
from service.web.wire.base import In, Out
from service.web.wire.marks import Mark, segments


class SpanOut(Out):
    """Where: code points of the field as it was sent, end exclusive."""

    field: str
    start: int
    end: int


class SignalOut(Out):
    """One line of the bill."""

    name: str
    strength: float
    weight: float
    points: float
    sentence: str
    spans: list[SpanOut]
    evidence: list[str]
    axis: Literal["spam", "profanity"]
    kind: Literal["words", "links", "model"] = Field(
        description="What its spans lie over: words, links, or what the learner went by."
    )
    severity: int = Field(description="Of words: 1 vulgar, 2 strong, 3 slur; 0 for signals about spam.")


class SegmentOut(Out):
    """A stretch of a field; the segments of a field, joined, are the field."""

    text: str
    lines: list[int] = Field(description="The signals that matched it, counted from 1.")
    label: str | None = Field(description="What to show in its stead, where nothing can be seen: U+202E.")


class SegmentsOut(Out):
    """What an author wrote, cut where signals begin and end: to be drawn without counting characters."""

    name: list[SegmentOut]
    website: list[SegmentOut]
    text: list[SegmentOut]


class DecisionOut(Out):
    """One decision on a comment."""

    id: UUID
    action: Action
    reason: Reason | None
    note: str | None
    before: str
    after: str
    version: int
    by: str
    at: datetime
    automatic: bool = Field(description="The site's policy decided, and no person.")
    batch_id: UUID | None = Field(description="The act on many comments that it was part of.")


class LeaseOut(Out):
    """Who is looking at a comment; it returns to everybody by itself."""

    by: str
    until: datetime


class CommentOut(Out):
    """A comment as moderators see it. Its author's e-mail address is not part of it."""

    id: UUID
    site: str
    page_url: str
    page_title: str | None
    parent_id: UUID | None
    name: str
    website: str | None
    text: str
    status: Literal["pending", "approved", "rejected"]
    version: int
    score: float = Field(description="The sum of the points of the signals about spam.")
    severity: int = Field(description="The worst of its words: 0 none, 1 vulgar, 2 strong, 3 slur.")
    verdict: Literal["approve", "hold", "reject"]
    blind: bool = Field(description="It is to be decided without the bill, to measure the advice.")
    campaign: UUID | None = Field(description="The campaign that it is part of.")
    created_at: datetime
    due_at: datetime = Field(description="Until when somebody should have decided.")
    assigned_to: str | None = Field(description="The moderator it was passed to; null: anybody.")
    escalated_at: datetime | None = Field(description="Since when it waits for an admin.")
    edited_at: datetime | None = Field(description="When its author last changed it: see its revisions.")
    appealed_at: datetime | None = Field(description="When its author asked for a second look.")
    appeal: str | None = Field(description="What its author said then.")
    open_reports: int = Field(description="Readers' reports since somebody last looked.")
    gone_because: Literal["withdrawn", "erased", "expired"] | None = Field(
        description="Why nothing is left of it but its place in the thread."
    )
    policy_version: int = Field(description="The version of the site's policy that the bill was made under.")
    terms_version: int = Field(description="The version of the site's terms that it was made under.")
    lease: LeaseOut | None = Field(description="Who is looking at it just now.")
    signals: list[SignalOut]
    segments: SegmentsOut
    decisions: list[DecisionOut]

    @classmethod
    def of(cls, comment: Comment) -> "CommentOut":
        """A comment as a moderator may see it."""
        seen = comment.as_seen()
        written = {"name": seen.name, "website": seen.website or "", "text": seen.text}
        shown = {each.name: getattr(seen, each.name) for each in fields(seen)} | {
            "blind": comment.is_blind,
            "campaign": seen.campaign_id,
            "segments": {
                field: segments(text, marks_of(seen.signals, field)) for field, text in written.items()
            },
        }
        return cls.model_validate(shown)


class QueueOut(Out):
    """One page of a listing."""

    comments: list[CommentOut]
    next: str | None = Field(description="The cursor of what follows; null at the end.")
    partial: bool = Field(
        False,
        description="The search stopped before it had a whole page, because it had looked at much. "
        "`next` goes on from there.",
    )


class DecisionIn(In):
    """What a moderator decides, and the version of the comment that was seen."""

    action: Action
    reason: Reason | None = None
    note: StrictStr | None = Field(None, max_length=MAX_NOTE)
    version: StrictInt = Field(ge=1, le=2**31 - 1)


def marks_of(signals: Sequence[Signal], field: str) -> Sequence[Mark]:
    """Where the lines of a bill, counted from 1, lie over a field."""
    return [
        (span.start, span.end, number)
        for number, signal in enumerate(signals, 1)
        for span in signal.spans
        if span.field == field
    ]
