"""Facts as JSON, as they are stored with the bill that was made from them."""

import json
from typing import Final

from pydantic import TypeAdapter

from service.screening.facts import Facts

_FACTS: Final = TypeAdapter(Facts)
# What stands for facts that nobody wrote down: comments are older than the column.
_UNKNOWN: Final = {"honeypot": False, "fill_seconds": None, "has_form_token": True}


def facts_to_json(facts: Facts) -> str:
    """The facts as one JSON object; what has its usual value is left out."""
    return _FACTS.dump_json(facts, exclude_defaults=True).decode()


def facts_from_json(text: str) -> Facts:
    """The facts again, `{}` as nothing remarkable; `ValueError` where the text is none of ours."""
    found = json.loads(text)
    return _FACTS.validate_python(_UNKNOWN | found if isinstance(found, dict) else found)
