"""What the log may know of a crash: types and places, never messages.

Drivers and validators quote values in their messages (`Key (email)=(…) already exists`), so a message
could carry what must not be logged.
"""

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parents[2].name


def describe(error: BaseException) -> dict[str, object]:
    """The error's type, its SQLSTATE if it has one, and where it happened, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {
        "error": type(error).__name__,
        "sqlstate": getattr(error, "sqlstate", None),
        "constraint": getattr(error, "constraint_name", None),
        "at": places,
    }


def _short(filename: str) -> str:
    parts = Path(filename).parts
    return "/".join(parts[parts.index(_PACKAGE) :] if _PACKAGE in parts else parts[-2:])
