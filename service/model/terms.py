"""Terms: words and phrases that a site itself blocks or allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.errors import FieldRefused
from service.model.characters import is_blank, refuse_control_characters
from service.model.screenings import MAX_SEVERITY

MAX_TERM: Final = 100


class TermKind(StrEnum):
    """What a term does: a blocked one speaks against a comment, an allowed one silences other filters."""

    BLOCK = "block"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase of a site's lists, compared with what the text looks like (folded).

    `severity` is 0 for a term that is unwanted but not foul, else 1 to 3 as of a swear word; always 0 for
    an allowed term.
    """

    kind: TermKind
    text: str
    severity: int = 0

    def __post_init__(self) -> None:
        if len(self.text) > MAX_TERM:
            raise FieldRefused("term.too_long", f"A term may have {MAX_TERM} characters.")
        refuse_control_characters(self.text, line_breaks=False)
        if is_blank(self.text):
            raise FieldRefused("term.blank", "A term needs at least one letter, digit or sign.")
        if not 0 <= self.severity <= (MAX_SEVERITY if self.kind is TermKind.BLOCK else 0):
            raise FieldRefused(
                "term.severity", "A blocked term has a severity from 0 to 3, an allowed one none."
            )


@dataclass(frozen=True, slots=True)
class TermsProposal:
    """Terms to add to a site's lists and terms to take off them, however they are written."""

    add: Sequence[Term] = ()
    remove: Sequence[tuple[TermKind, str]] = ()
