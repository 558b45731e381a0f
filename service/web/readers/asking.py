"""What a site asks of a submission, beyond what every site does."""

from collections.abc import Mapping
from typing import Final

from service.errors import FieldError
from service.model.asking import Consent
from service.web.http.endpoint import Call

REQUIRED: Final = "This field is required."
TICK: Final = "Please tick this box."
# The names of these fields in a form of ours.
OWN_NAMES: Final = {"name": "name", "email": "email", "consent": "consent"}


def missing(call: Call, names: Mapping[str, str] = OWN_NAMES) -> list[FieldError]:
    """What the site asks for and was not given, by the form's `names` for it.

    A program with a token is asked for no consent: whom it speaks for has been asked elsewhere, or nobody.
    """
    asks, given = call.here.asks, call.given
    nothing = (None, "") if call.is_form else (None,)
    wrong = [
        FieldError(f"/{names[field]}", f"{field}.required", REQUIRED)
        for field in ("name", "email")
        if field in asks.required and given.get(names[field]) in nothing
    ]
    if asks.consent and "authorization" not in call.request.headers:
        wrong += _unagreed(asks.consent, given.get(names["consent"]), names["consent"])
    return wrong


def given_consent(call: Call, word: str | None) -> Consent | None:
    """What the author agreed to."""
    asked = call.here.asks.consent
    return asked if asked and word and asked.is_given_by(word) else None


def _unagreed(asked: Consent, word: object, name: str) -> list[FieldError]:
    if not word:
        return [FieldError(f"/{name}", "consent.required", TICK)]
    if not asked.is_given_by(str(word)):
        sentence = "The wording has changed. Reload the page and read it again."
        return [FieldError(f"/{name}", "consent.changed", sentence)]
    return []
