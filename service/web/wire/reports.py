"""What moderators are told of readers' reports and of what authors changed."""

from datetime import datetime
from typing import Literal

from pydantic import Field, StrictInt

from service.model.authoring import Reports
from service.model.comments import Comment
from service.model.decisions import Reason
from service.web.wire.base import In, Out
from service.web.wire.moderation import CommentOut


class ReportedCommentOut(Out):
    """A published comment with its open reports."""

    comment: CommentOut
    reports: int
    reasons: dict[Reason, int] = Field(description="How many reports give which reason.")
    notes: list[str] = Field(description="What the latest reports say, at most ten for each reason.")
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, comment: Comment, found: Reports) -> "ReportedCommentOut":
        """A comment and what readers said of it."""
        return cls(
            comment=CommentOut.of(comment),
            reports=sum(found.counts.values()),
            reasons=found.counts,
            notes=list(found.notes),
            first_at=found.first_at,
            last_at=found.last_at,
        )


class ReportsOut(Out):
    """Published comments that readers reported, oldest first."""

    comments: list[ReportedCommentOut]
    next: str | None = Field(description="The cursor of what follows; null at the end.")


class DismissalIn(In):
    """Which version of the comment was seen, and up to which report."""

    version: StrictInt = Field(ge=1, le=2**31 - 1)
    last_at: datetime | None = Field(None, description="Reports that came in after this one stay open.")


class ChangeOut(Out):
    """A stretch of text: kept and removed make the text before, kept and added the text after."""

    text: str
    change: Literal["kept", "removed", "added"]


class RevisionOut(Out):
    """What a comment said before its author changed it."""

    version: int = Field(description="The version of the comment that said it.")
    text: str
    replaced_at: datetime
    changes: list[ChangeOut] = Field(description="From this text to the one that came after it.")


class RevisionsOut(Out):
    """Earlier texts of a comment, oldest first."""

    revisions: list[RevisionOut]
