"""Facts as JSON, as they are stored with the bill that was made from them."""

from typing import Final

from pydantic import TypeAdapter

from service.screening.facts import Facts

_FACTS: Final = TypeAdapter(Facts)


def facts_to_json(facts: Facts) -> str:
    """The facts as one JSON object; what has its usual value is left out."""
    return _FACTS.dump_json(facts, exclude_defaults=True).decode()


def facts_from_json(text: str) -> Facts:
    """The facts again; `ValueError` where the text is none of ours."""
    return _FACTS.validate_json(text)
