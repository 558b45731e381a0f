"""JSON bodies in and out, as pydantic models; names and rules of the fields as `docs/api.md` has them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema, StrictBool, StrictStr
from pydantic_core import PydanticCustomError, core_schema

from service.errors import FieldRefused
from service.ids import parse_id
from service.model.email import MAX_EMAIL, EmailAddress, parse_email
from service.model.sites import MAX_PAGE_TITLE
from service.model.submissions import MAX_NAME, MAX_TEXT, parse_name, parse_page_title, parse_text
from service.model.urls import MAX_URL, Address, parse_page, parse_website

T = TypeVar("T")


def by_rule(rule: Callable[[str], T], **schema: object) -> Any:
    """A string field that a rule of the model parses; `schema` is its JSON schema."""

    def parse(raw: str) -> T:
        try:
            return rule(raw)
        except FieldRefused as refusal:
            raise PydanticCustomError(refusal.code, "{detail}", {"detail": refusal.detail}) from None

    validator = core_schema.no_info_after_validator_function(parse, core_schema.str_schema(strict=True))
    return GetPydanticSchema(
        get_pydantic_core_schema=lambda _source, _handler: validator,
        get_pydantic_json_schema=lambda _schema, _handler: {"type": "string", **schema},
    )


def _parse_comment_id(raw: str) -> UUID:
    found = parse_id(raw)
    if found is None:
        raise FieldRefused("parent.unknown", "The comment you reply to is not on this page.")
    return found


class In(BaseModel):
    """A body that comes in: unknown names are refused (by `service.web.fields`), values never echoed."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Out(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class SubmissionIn(In):
    """A reader's comment, as JSON or as the fields of a form."""

    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)]
    page_title: Annotated[str, by_rule(parse_page_title, maxLength=MAX_PAGE_TITLE)] | None = None
    name: Annotated[str, by_rule(parse_name, minLength=1, maxLength=MAX_NAME)]
    email: Annotated[EmailAddress, by_rule(parse_email, format="email", maxLength=MAX_EMAIL)]
    website: Annotated[str, by_rule(parse_website, maxLength=MAX_URL)] | None = None
    text: Annotated[str, by_rule(parse_text, minLength=1, maxLength=MAX_TEXT)]
    parent: Annotated[UUID, by_rule(_parse_comment_id, format="uuid")] | None = None
    form_token: StrictStr | None = Field(None, max_length=512, description="From the form that was filled.")
    url2: StrictStr | None = Field(
        None, max_length=MAX_TEXT, description="Leave it empty: people do not see it."
    )
    idempotency_key: StrictStr | None = Field(
        None, description="The same as the header Idempotency-Key, for forms."
    )
    redirect_to: StrictStr | None = Field(None, max_length=MAX_URL, description="Where a form goes on.")
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the form.")


class ReceiptOut(Out):
    """The answer to a submission, the same whatever the filters think of it."""

    id: UUID
    status: Literal["pending"]
    author_token: str = Field(description="Keep it: it proves later that this comment is yours.")


class PublishedOut(Out):
    """An approved comment."""

    id: UUID
    parent: UUID | None = Field(validation_alias="parent_id")
    name: str
    website: str | None
    text: str
    created_at: datetime


class ThreadOut(Out):
    """One page of a thread: exchange by exchange, oldest first."""

    page: str
    count: int = Field(description="Approved comments on the page.")
    closed: bool
    comments: list[PublishedOut]
    next: str | None = Field(description="The cursor of what follows; null at the end.")


class CountsOut(Out):
    """Approved comments by page address, as the addresses were given."""

    counts: dict[str, int]


class SessionIn(In):
    """A moderator's name and password."""

    name: StrictStr = Field(min_length=1, max_length=64)
    password: StrictStr = Field(min_length=1, max_length=256)


class MeOut(Out):
    """Who is calling, and what they may do."""

    name: str
    scopes: list[str]
    sites: list[str] | None = Field(description="Null: every site.")


class PageIn(In):
    """Whether a page takes comments."""

    closed: StrictBool


class PageOut(Out):
    """A page as it is now."""

    page: str
    closed: bool


class ErrorOut(Out):
    """One wrong field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class ProblemOut(Out):
    """RFC 9457 problem details, with the extensions that some problems have."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: list[ErrorOut] | None = None
    current: dict[str, Any] | None = None
    retry_after: int | None = None
    form_token: str | None = None
