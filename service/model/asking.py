"""What a site's form asks of its readers."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters, refuse_invisible_characters
from service.model.urls import parse_website

MAX_CONSENT: Final = 500
# For forms that the owner wrote: whoever ticks their box agrees to what is asked now.
_YES: Final = frozenset({"yes", "on", "1", "true"})
_LINKED: Final = re.compile(r"\[([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Consent:
    """What authors must agree to: one sentence, and an https address that says more.

    `[Brackets]` in the sentence hold the words that are the link.
    """

    text: str
    url: str | None = None

    @property
    def id(self) -> str:
        """Names this wording: forms send it, so that nobody agrees to what they were not shown."""
        return hashlib.sha256(f"{self.text}\n{self.url or ''}".encode()).hexdigest()[:16]

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the words of the link, these words, and what stands after them."""
        found = _LINKED.search(self.text)
        if found is None or self.url is None:
            return self.text, "", ""
        return self.text[: found.start()], found[1], self.text[found.end() :]

    def is_given_by(self, word: str) -> bool:
        """Whether this is what a form sends when its box for this wording is ticked."""
        return word == self.id or word.lower() in _YES


@dataclass(frozen=True, slots=True)
class Asks:
    """Which fields a comment needs, which the form shows, and in which order."""

    name: bool = True
    email: bool = True
    website: bool = True
    comment_first: bool = True
    consent: Consent | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that people fill in, as they stand in the form."""
        person = ("name", "email", "website") if self.website else ("name", "email")
        ordered = ("text", *person) if self.comment_first else (*person, "text")
        return (*ordered, "consent") if self.consent else ordered

    @property
    def tag(self) -> str:
        """Changes when the form does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:8]

    @property
    def required(self) -> frozenset[str]:
        """The fields without which a comment is not taken."""
        asked = {"name": self.name, "email": self.email, "consent": self.consent is not None}
        return frozenset({"text", *(field for field, needed in asked.items() if needed)})


def parse_consent(text: str | None, url: str | None) -> Consent | None:
    """The wording that an owner sets; None where there is no sentence. `FieldRefused`."""
    if text is None:
        if url is not None:
            raise FieldRefused("consent_text.missing", "Write the sentence that this link belongs to.")
        return None
    if len(text) > MAX_CONSENT or is_blank(text):
        raise FieldRefused("consent_text.length", f"The sentence has 1 to {MAX_CONSENT} characters.")
    try:
        refuse_control_characters(text, line_breaks=False)
        refuse_invisible_characters(text)
    except FieldRefused as refusal:
        raise FieldRefused("consent_text.character", refusal.detail) from None
    return Consent(text, None if url is None else _parse_link(url))


def _parse_link(url: str) -> str:
    try:
        found = parse_website(url)
    except FieldRefused:
        found = ""
    if not found.startswith("https://"):
        raise FieldRefused("consent_url.invalid", "Use a full address that starts with https://.")
    return found
