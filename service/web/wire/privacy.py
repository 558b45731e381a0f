"""What people and admins send and get about what is kept under an address."""

from typing import Annotated, Literal

from pydantic import Field, StrictStr

from service.model.email import MAX_EMAIL, EmailAddress, parse_email
from service.model.privacy import Erased, Mode
from service.web.wire.base import In, Out, by_rule

Address = Annotated[EmailAddress, by_rule(parse_email, format="email", maxLength=MAX_EMAIL)]


class DataSubjectIn(In):
    """Whose data it is."""

    email: Address


class ErasureIn(DataSubjectIn):
    """Whose data it is, and whether the texts of published comments stay."""

    mode: Mode = Field(Mode.DELETE, description="What is left of published comments.")


class PrivacyRequestIn(DataSubjectIn):
    """Whose data it is, and where."""

    site: StrictStr | None = Field(None, max_length=63, description="Only this site. Null: every site.")
    lang: StrictStr | None = Field(None, max_length=35, description="The language of the mail.")


class PrivacyRequestOut(Out):
    """The answer to a request, the same for every address."""

    status: Literal["received"] = "received"


class KeptSiteOut(Out):
    """What one site keeps. Each comment has its decisions, earlier texts, and what screening found."""

    site: str
    comments: list[dict[str, object]]
    rules_about_you: list[dict[str, object]]


class ExportOut(Out):
    """A copy of everything that is kept under an address."""

    what: str
    address: str
    made_at: str
    sites: list[KeptSiteOut]


class ErasedOut(Out):
    """What an erasure took."""

    comments: int
    anonymised: int = Field(description="Of these comments, those whose texts stay, tied to nobody.")
    rows: dict[str, int] = Field(description="Rows that went, by the table that they were in.")

    @classmethod
    def of(cls, erased: Erased) -> "ErasedOut":
        """As the domain counts it."""
        return cls(comments=erased.comments, anonymised=erased.anonymised, rows=dict(erased.rows or {}))
