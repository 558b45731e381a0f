"""From a decoded body or query string to a checked model, with every field's error at once."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service.errors import FieldError, InvalidFields

M = TypeVar("M", bound=BaseModel)

_MOST_ERRORS: Final = 20
_SENTENCES: Final = {
    "string_type": ("type", "This must be a string."),
    "int_type": ("type", "This must be a whole number."),
    "bool_type": ("type", "This must be true or false."),
    "uuid_parsing": ("invalid", "This is not an id."),
    "list_type": ("type", "This must be a list."),
    "extra_forbidden": ("unknown", "There is no field of this name."),
}


def check(
    model: type[M],
    given: Mapping[str, object],
    *,
    empty_is_missing: bool = False,
    more: Sequence[FieldError] = (),
) -> M:
    """The checked model, or `InvalidFields` with at most 20 errors.

    `empty_is_missing`: in a form, a field left empty is a field not given. `more` is wrong besides.
    """
    known = given.keys() if model.model_config.get("extra") == "allow" else model.model_fields.keys()
    told: frozenset[str] = getattr(model, "told", frozenset())
    unknown = [name for name in given if name not in known and name not in told][:_MOST_ERRORS]
    found = {
        name: value
        for name, value in given.items()
        if name in known and value is not None and not (empty_is_missing and value == "")
    }
    problems = [
        FieldError("/" + _escape(name), "unknown", "There is no field of this name.") for name in unknown
    ]
    try:
        checked = model.model_validate(found)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise InvalidFields([*map(_field_error, details), *more, *problems]) from None
    if problems or more:
        raise InvalidFields([*more, *problems])
    return checked


def _field_error(error: ErrorDetails) -> FieldError:
    name = str(error["loc"][0]) if error["loc"] else ""
    pointer = "".join(f"/{_escape(str(part))}" for part in error["loc"])
    kind = error["type"]
    if kind == "missing":
        return FieldError(pointer, f"{name}.required", "This field is required.")
    if kind in _SENTENCES:
        code, sentence = _SENTENCES[kind]
        return FieldError(pointer, f"{name}.{code}", sentence)
    if "." in kind or kind == "invalid_character":
        return FieldError(pointer, kind, error["msg"])
    return FieldError(pointer, f"{name}.{kind}", f"{error['msg'].rstrip('.')}.")


def _escape(name: str) -> str:
    """A JSON pointer's reference token, shortened: a name is an attacker's text too."""
    return name[:64].encode("ascii", "backslashreplace").decode().replace("~", "~0").replace("/", "~1")
