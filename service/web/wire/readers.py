"""What readers send and get: submissions, threads and counts."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictStr

from service.errors import FieldRefused
from service.ids import parse_id
from service.model.email import MAX_EMAIL, EmailAddress, parse_email
from service.model.sites import MAX_PAGE_TITLE
from service.model.submissions import MAX_NAME, MAX_TEXT, parse_name, parse_page_title, parse_text
from service.model.urls import MAX_URL, Address, parse_page, parse_website
from service.web.wire.base import In, Out, by_rule


def _parse_comment_id(raw: str) -> UUID:
    found = parse_id(raw)
    if found is None:
        raise FieldRefused("parent.unknown", "The comment you reply to is not on this page.")
    return found


class SubmissionIn(In):
    """A reader's comment, as JSON or as the fields of a form."""

    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)]
    page_title: Annotated[str, by_rule(parse_page_title, maxLength=MAX_PAGE_TITLE)] | None = None
    name: Annotated[str, by_rule(parse_name, minLength=1, maxLength=MAX_NAME)] | None = Field(
        None, description="Required, unless the site says otherwise."
    )
    email: Annotated[EmailAddress, by_rule(parse_email, format="email", maxLength=MAX_EMAIL)] | None = Field(
        None, description="Required, unless the site says otherwise."
    )
    website: Annotated[str, by_rule(parse_website, maxLength=MAX_URL)] | None = None
    text: Annotated[str, by_rule(parse_text, minLength=1, maxLength=MAX_TEXT)]
    parent: Annotated[UUID, by_rule(_parse_comment_id, format="uuid")] | None = None
    consent: StrictStr | None = Field(
        None, max_length=64, description="`yes`, or the wording's id, where the site asks for consent."
    )
    proof: StrictStr | None = Field(
        None,
        max_length=4_096,
        description="The solution of a `challenge` (ALTCHA, version 2); `none` from who cannot solve any.",
    )
    form_token: StrictStr | None = Field(None, max_length=512, description="From the form that was filled.")
    url2: StrictStr | None = Field(
        None, max_length=MAX_TEXT, description="Leave it empty: people do not see it."
    )
    idempotency_key: StrictStr | None = Field(
        None, description="The same as the header Idempotency-Key, for forms."
    )
    redirect_to: StrictStr | None = Field(None, max_length=MAX_URL, description="Where a form goes on.")
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the form.")
    shape: Literal["fragment"] | None = Field(
        None, description="`fragment`: the receipt has the comment as `html` too, as the widget shows it."
    )


class ReceiptOut(Out):
    """The answer to a submission, the same whatever the filters think of it."""

    id: UUID
    status: Literal["pending"]
    author_token: str = Field(description="Keep it: it proves later that this comment is yours.")
    html: str | None = Field(None, description="Only where the shape `fragment` was asked for.")


class PublishedOut(Out):
    """An approved comment. One that was removed has neither name nor text, and replies below it."""

    id: UUID
    parent: UUID | None = Field(validation_alias="parent_id")
    name: str
    website: str | None
    text: str
    created_at: datetime
    removed: bool


class ThreadOut(Out):
    """One page of a thread: exchange by exchange, each from its oldest comment on."""

    page: str
    count: int = Field(description="Approved comments on the page.")
    closed: bool
    comments: list[PublishedOut]
    next: str | None = Field(description="The cursor of what follows; null at the end.")


class CountsOut(Out):
    """Approved comments by page address, as the addresses were given."""

    counts: dict[str, int]
    words: dict[str, str] | None = Field(None, description="The same in words, where `lang` was asked for.")
