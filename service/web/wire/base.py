"""What every body stands on: models that come in or go out, and fields that a rule of the model parses."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, GetPydanticSchema, model_validator
from pydantic_core import PydanticCustomError, core_schema

from service.errors import FieldRefused

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


class In(BaseModel):
    """A body that comes in, or a part of one: unknown names are refused, values never echoed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    told: ClassVar[frozenset[str]] = frozenset()
    """What only answers tell: passed over, so that what was read may be sent back."""

    @model_validator(mode="before")
    @classmethod
    def pass_over(cls, given: Any) -> Any:
        """The same without what is only told."""
        if not cls.told or not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name not in cls.told}


class Out(BaseModel):
    """A body that goes out; it is made of model values, and of itself by clients."""

    model_config = ConfigDict(
        frozen=True, from_attributes=True, validate_by_alias=True, validate_by_name=True
    )
