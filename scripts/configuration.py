"""Prints docs/configuration.md, made from the descriptions in `service.settings`."""

import sys

from service.settings import Settings

HEAD = """# Configuration

The process is configured by its environment; a site (origins, language, closing) by commands and the API.
This page is made from `service/settings.py` by `make openapi`.

| Variable | Default | What it does |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [
        f"| `GREENROOM_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


def _default(value: object) -> str:
    return "" if value is None or value == () else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(page())
