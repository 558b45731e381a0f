"""What authors send and get about their own comments, and what readers report."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictStr

from service.model.authoring import (
    MAX_APPEAL,
    MAX_REPORT_NOTE,
    OwnComment,
    Told,
    parse_appeal,
    parse_report_note,
)
from service.model.decisions import Reason
from service.model.submissions import MAX_TEXT, parse_text
from service.model.urls import MAX_URL, Address, parse_page
from service.web.wire.base import In, Out, by_rule

MOST_OWN = 5
_SHAPE = "`fragment`: the answer has the comment as `html` too, as the widget shows it."


class AuthorTokenIn(In):
    """What comes with everything that an author asks for."""

    author_token: StrictStr | None = Field(
        None, max_length=128, description="The same as the header X-Author-Token, for forms."
    )
    shape: Literal["fragment"] | None = Field(None, description=_SHAPE)
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the fragment.")


class RevisionIn(AuthorTokenIn):
    """What the comment should say instead."""

    text: Annotated[str, by_rule(parse_text, minLength=1, maxLength=MAX_TEXT)]


class SecondLookIn(AuthorTokenIn):
    """Why somebody should look again, if the author likes to say."""

    words: Annotated[str, by_rule(parse_appeal, maxLength=MAX_APPEAL)] | None = None


class OwnCommentsIn(In):
    """A reader's own comments on a page."""

    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)]
    mine: StrictStr = Field(
        max_length=1_000,
        description=f"Up to {MOST_OWN} times `<comment id>.<author token>`, with spaces between them.",
    )
    shape: Literal["fragment"] | None = Field(None, description=_SHAPE)
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the fragment.")


class ReaderReportIn(In):
    """What is wrong with a published comment."""

    reason: Reason
    note: Annotated[str, by_rule(parse_report_note, maxLength=MAX_REPORT_NOTE)] | None = None
    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)] | None = Field(
        None, description="The article's address; with it the form's token tells how long it was open."
    )
    form_token: StrictStr | None = Field(None, max_length=512, description="From the form that was filled.")
    url2: StrictStr | None = Field(
        None, max_length=MAX_TEXT, description="Leave it empty: people do not see it."
    )
    redirect_to: Literal["thread"] | None = Field(None, description="Where a browser's form goes on.")
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the form.")


class OwnOut(Out):
    """A comment as its author sees it: how it stands, and never why."""

    id: UUID
    status: Told
    name: str
    website: str | None
    text: str
    created_at: datetime
    edited_at: datetime | None
    edit_until: datetime
    may_edit: bool
    may_appeal: bool = Field(description="Whether a second look can be asked for.")
    html: str | None = Field(None, description="Where the shape `fragment` was asked for.")

    @classmethod
    def of(cls, comment: OwnComment, now: datetime, html: str | None = None) -> "OwnOut":
        """The comment as it is told now."""
        return cls(
            id=comment.id,
            status=comment.told(now),
            name=comment.name,
            website=comment.website,
            text=comment.text,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            edit_until=comment.edit_until,
            may_edit=comment.may_edit(now),
            may_appeal=comment.may_appeal(now),
            html=html,
        )


class OwnCommentsOut(Out):
    """A reader's own comments on a page, in the order of the thread."""

    comments: list[OwnOut]
    html: str | None = Field(None, description="Where the shape `fragment` was asked for.")


class ReportedOut(Out):
    """The answer to a report, the same whatever becomes of it."""

    status: Literal["received"] = "received"
