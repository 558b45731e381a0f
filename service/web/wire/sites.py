"""What owners set of a site and its pages."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from service.errors import FieldError, FieldRefused, InvalidFields
from service.model.site_settings import MOST_COUNTED, SiteSettings, StoredSettings
from service.model.sites import parse_slug
from service.web.wire.base import In, Out, by_rule

Days = Annotated[int, Field(strict=True)]


class PageIn(In):
    """Whether a page takes comments."""

    closed: StrictBool


class PageOut(Out):
    """A page as it is now."""

    page: str
    closed: bool


class SettingsIn(In):
    """All settings of a site, in the place of those that were read; what is left out is as usual."""

    told = frozenset({"site", "created_at"})

    origins: list[StrictStr] = Field(max_length=50, description="Exact origins of the pages that embed it.")
    title: StrictStr | None = None
    language: StrictStr = "en"
    close_after_days: Days | None = Field(None, description="Pages close so long after their first comment.")
    respond_hours: Days = Field(24, description="Within how long a comment should be decided.")
    edit_minutes: Days = Field(15, description="How long authors may change what they wrote.")
    review_share: Annotated[float, Field(strict=True, allow_inf_nan=False)] = 0.0
    keep_rejected_days: Days | None = Field(None, description="After so long, rejected comments are emptied.")
    keep_contacts_days: Days | None = Field(None, description="After so long, e-mail addresses are deleted.")
    name_required: StrictBool = True
    email_required: StrictBool = True
    website_shown: StrictBool = Field(True, description="Whether the form has a field for a website.")
    comment_first: StrictBool = Field(True, description="False: the comment is the form's last field.")
    consent_text: StrictStr | None = Field(
        None, description="What authors must agree to; [brackets] hold the words of the link."
    )
    consent_url: StrictStr | None = Field(None, description="Where the link leads, by https.")
    version: StrictInt = Field(1, ge=1, le=2**31 - 1, description="Of the settings that these replace.")

    def to_settings(self) -> SiteSettings:
        """As the domain has them; `InvalidFields`."""
        values = {name: getattr(self, name) for name in SettingsIn.model_fields}
        try:
            return SiteSettings(**{**values, "origins": tuple(self.origins)})
        except FieldRefused as refusal:
            raise refused_setting(refusal) from None


class SiteIn(SettingsIn):
    """A new site."""

    told = frozenset()

    site: Annotated[str, by_rule(parse_slug, maxLength=63)] = Field(
        description="Its short name in addresses, for ever."
    )


class SiteOut(Out):
    """A site and its settings."""

    site: str
    created_at: datetime
    origins: list[str]
    title: str | None
    language: str
    close_after_days: int | None
    respond_hours: int
    edit_minutes: int
    review_share: float
    keep_rejected_days: int | None
    keep_contacts_days: int | None
    name_required: bool
    email_required: bool
    website_shown: bool
    comment_first: bool
    consent_text: str | None
    consent_url: str | None
    version: int

    @classmethod
    def of(cls, stored: StoredSettings) -> "SiteOut":
        """As it is stored."""
        settings = {name: getattr(stored.settings, name) for name in SettingsIn.model_fields}
        return cls(
            site=stored.site,
            created_at=stored.created_at,
            **{**settings, "origins": list(stored.settings.origins)},
        )


class SitesOut(Out):
    """The caller's sites, by name."""

    sites: list[SiteOut]


class ConsequencesOut(Out):
    """What settings would do to what is there; a count stops at 10,000."""

    closed_pages: int = Field(description="Pages that would take no more comments.", le=MOST_COUNTED)
    emptied_comments: int = Field(description="Rejected comments whose text would go.", le=MOST_COUNTED)
    deleted_contacts: int = Field(description="E-mail addresses that would go.", le=MOST_COUNTED)


def refused_setting(refusal: FieldRefused) -> InvalidFields:
    """A rule's refusal, at the field it is about."""
    field = {"site": "origins", "origin": "origins", "invalid_character": "title"}.get(
        refusal.code.partition(".")[0], refusal.code.partition(".")[0]
    )
    return InvalidFields([FieldError(f"/{field}", refusal.code, refusal.detail)])
