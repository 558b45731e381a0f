"""The one way templates are set up here: everything is escaped, and a name that is missing is an error."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(folder: str) -> Environment:
    """A Jinja environment on `templates/<folder>`, for its owner to add filters and globals to."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates" / folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
