"""What the owner of a site decides about it, beside its policy and its terms."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.errors import FieldRefused
from service.model.asking import Asks, parse_consent
from service.model.characters import is_blank, refuse_control_characters, refuse_invisible_characters
from service.model.sites import parse_origins

MAX_TITLE: Final = 200
MOST_DAYS: Final = 3_650
# A BCP 47 tag as far as its shape tells (RFC 5646, section 2.1): a language, then subtags.
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_RANGES: Final = {
    "respond_hours": (1, 720, "hours"),
    "edit_minutes": (0, 10_080, "minutes"),
    "close_after_days": (1, MOST_DAYS, "days"),
    "keep_rejected_days": (1, MOST_DAYS, "days"),
    "keep_contacts_days": (1, MOST_DAYS, "days"),
}


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """A site's settings, checked; `version` is of the settings that these are, or that they replace.

    `origins` are exact and come out sorted. Without a number of days, pages never close, and nothing is
    emptied or deleted. `edit_minutes` 0 forbids authors to change what they wrote. `review_share` is 0 to 1.
    The last six say what the form asks: see `Asks`.
    """

    origins: tuple[str, ...]
    title: str | None = None
    language: str = "en"
    close_after_days: int | None = None
    respond_hours: int = 24
    edit_minutes: int = 15
    review_share: float = 0.0
    keep_rejected_days: int | None = None
    keep_contacts_days: int | None = None
    name_required: bool = True
    email_required: bool = True
    website_shown: bool = True
    comment_first: bool = True
    consent_text: str | None = None
    consent_url: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "origins", tuple(sorted(parse_origins(self.origins))))
        if self.title is not None:
            _refuse_title(self.title)
        if not _LANGUAGE.fullmatch(self.language):
            raise FieldRefused("language.invalid", "A language is a tag such as en, ur or pt-BR (BCP 47).")
        for name, (least, most, unit) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise FieldRefused(f"{name}.range", f"Give a number of {unit} from {least} to {most:,}.")
        if not 0 <= self.review_share <= 1:
            raise FieldRefused("review_share.range", "The share is a number from 0 to 1.")
        consent = parse_consent(self.consent_text, self.consent_url)
        object.__setattr__(self, "consent_url", consent.url if consent else None)

    @property
    def asks(self) -> Asks:
        """What the form asks."""
        consent = parse_consent(self.consent_text, self.consent_url)
        return Asks(self.name_required, self.email_required, self.website_shown, self.comment_first, consent)


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """The settings of a site as they are now."""

    site: str
    created_at: datetime
    settings: SiteSettings


@dataclass(frozen=True, slots=True)
class Consequences:
    """What settings would do to what is there now; counts stop at `MOST_COUNTED`."""

    closed_pages: int
    emptied_comments: int
    deleted_contacts: int


MOST_COUNTED: Final = 10_000


def _refuse_title(title: str) -> None:
    if not 1 <= len(title) <= MAX_TITLE or is_blank(title):
        raise FieldRefused("title.length", f"A title has 1 to {MAX_TITLE} characters that can be seen.")
    refuse_control_characters(title, line_breaks=False)
    refuse_invisible_characters(title)
