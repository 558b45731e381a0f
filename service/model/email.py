"""An e-mail address that does not let itself be printed."""

from dataclasses import dataclass
from typing import Final

from email_validator import EmailNotValidError, validate_email

from service.errors import FieldRefused

MAX_EMAIL: Final = 254


@dataclass(frozen=True, slots=True, repr=False)
class EmailAddress:
    """A checked address; `repr` and `str` show `a…@e….org`, so that no log or traceback leaks it."""

    value: str
    canonical: str

    def __repr__(self) -> str:
        local, _, domain = self.value.rpartition("@")
        name, _, top = domain.rpartition(".")
        return f"EmailAddress({local[:1]}…@{name[:1]}….{top})"

    __str__ = __repr__


def parse_email(raw: str) -> EmailAddress:
    """The address in `raw`, or `FieldRefused`.

    Syntax as email-validator's strict mode has it (RFC 5321 lengths, internationalised domains and
    mailboxes), no display name, no quoted local part, no address literal, no DNS look-up. `canonical`
    is the form that the keyed digest is made of: domain as lower-case A-labels, mailbox case-folded.
    Dots and +tags stay: they may be different people.
    """
    text = raw.strip(" ")
    if len(text) > MAX_EMAIL:
        raise FieldRefused("email.too_long", f"An e-mail address may have {MAX_EMAIL} characters.")
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise FieldRefused(
            "email.invalid", "This is not a full e-mail address, such as name@example.com."
        ) from None
    if len(found.ascii_domain.rpartition(".")[2]) < 2:
        raise FieldRefused("email.invalid", "The address's domain is not complete.")
    canonical = f"{found.local_part.casefold()}@{found.ascii_domain.lower()}"
    return EmailAddress(found.normalized, canonical)
