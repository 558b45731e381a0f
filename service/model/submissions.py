"""A submission: what the widget sends, checked but not yet stored."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.asking import Consent
from service.model.characters import (
    is_blank,
    refuse_control_characters,
    refuse_invisible_characters,
    refuse_stacked_marks,
)
from service.model.email import EmailAddress
from service.model.sites import Page

MAX_NAME: Final = 100
MAX_TEXT: Final = 10_000
_DIRECTION_MARKS: Final = "\u200e\u200f \t"
_EMBEDDINGS: Final = "\u202a\u202b"
_POP_EMBEDDING: Final = "\u202c"


@dataclass(frozen=True, slots=True)
class Submission:
    """A reader's comment as sent; `text` is kept to the byte. `consent` is what its author agreed to."""

    page: Page
    name: str
    email: EmailAddress | None
    website: str | None
    text: str
    parent_id: UUID | None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a submission came: what the anti-spam filters and the limits want to know.

    `network` names where it came from (/24 or /64), `honeypot` what stood in the field that people do
    not see, `fill_seconds` how long the form was open (None: unknown), `trusted` that a program with
    a moderator's token sent it, which the limits let through. `once` says that the same words are not taken
    twice, `proof` is a proof of work, and who `can_prove` may be asked for one: all but forms without script.
    """

    network: str
    honeypot: str
    fill_seconds: float | None
    has_form_token: bool
    key: bytes | None
    key_is_explicit: bool
    trusted: bool = False
    once: bool = False
    proof: str = ""
    can_prove: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a submission: the same for everybody, whatever the filters think."""

    comment_id: UUID
    author_token: str
    replayed: bool


def parse_name(raw: str) -> str:
    """A display name in any script, 1 to 100 code points.

    Outer spaces go, and so do the direction marks that address books and phones put around Hebrew and
    Arabic names: they show nothing, and names are shown isolated anyway. Inside, they are refused.
    """
    if len(raw) > 4 * MAX_NAME:
        raise FieldRefused("name.too_long", f"A name may have {MAX_NAME} characters.")
    name = _unwrapped(raw.strip())
    if len(name) > MAX_NAME:
        raise FieldRefused("name.too_long", f"A name may have {MAX_NAME} characters.")
    refuse_control_characters(raw, line_breaks=False)
    if is_blank(name):
        raise FieldRefused("name.blank", "Please enter a name that can be seen.")
    refuse_invisible_characters(name)
    refuse_stacked_marks(name)
    return name


def _unwrapped(name: str) -> str:
    name = name.strip(_DIRECTION_MARKS).strip()
    if len(name) > 1 and name[0] in _EMBEDDINGS and name[-1] == _POP_EMBEDDING:
        return name[1:-1].strip()
    return name


def parse_text(raw: str) -> str:
    """The comment itself, 1 to 10,000 code points, returned exactly as given."""
    if len(raw) > MAX_TEXT:
        raise FieldRefused(
            "text.too_long",
            f"A comment may have {MAX_TEXT:,} characters; this one has {len(raw):,}.",
        )
    refuse_control_characters(raw, line_breaks=True)
    if is_blank(raw):
        raise FieldRefused("text.blank", "Please write a comment.")
    return raw


def parse_page_title(raw: str) -> str:
    """The article's title for the moderators, at most 300 code points."""
    if len(raw) > 300:
        raise FieldRefused("page_title.too_long", "A page's title may have 300 characters.")
    refuse_control_characters(raw, line_breaks=True)
    return " ".join(raw.split())
