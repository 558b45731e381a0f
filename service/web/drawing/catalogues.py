"""The sentences of the interface, one JSON file for each language, in the plural shape of i18next v4.

A sentence may hold `{{name}}`; its value is escaped when it is put in, and so is the sentence itself.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from service.web.drawing.numerals import written
from service.web.drawing.plurals import form

SOURCE_LANGUAGE: Final = "en"
_FOLDER: Final = Path(__file__).parents[2] / "locales"
_SLOT: Final = re.compile(r"\{\{(\w+)\}\}")


class Catalogue:
    """One language."""

    def __init__(self, lang: str, sentences: Mapping[str, str]) -> None:
        self.lang = lang
        self.sentences = sentences

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the attribute `dir`."""
        return self.sentences["direction"]

    def text(self, key: str, **values: object) -> Markup:
        """The sentence as HTML. Values are escaped, unless they are `Markup` already."""
        literals = _SLOT.split(self.sentences[key])
        # Odd places are the names of slots, because the pattern has one group.
        return Markup("").join(
            escape(values[part]) if place % 2 else escape(part) for place, part in enumerate(literals)
        )

    def count(self, key: str, number: int) -> Markup:
        """The form of the sentence that goes with this number."""
        return self.text(f"{key}_{form(self.lang, number)}", count=written(self.lang, number))

    def say(self, key: str, **values: object) -> Markup:
        """The sentence; one that has several forms is chosen by the value of `count`."""
        number = values.get("count")
        if key in self.sentences or not isinstance(number, int):
            return self.text(key, **values)
        return self.text(f"{key}_{form(self.lang, number)}", **values | {"count": f"{number:,}"})

    def under(self, prefix: str) -> dict[str, str]:
        """The sentences whose keys start so, without the prefix."""
        return {key[len(prefix) :]: said for key, said in self.sentences.items() if key.startswith(prefix)}


def load() -> dict[str, Catalogue]:
    """Every catalogue of the readers' pages by its language."""
    return {
        path.stem: Catalogue(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_FOLDER.glob("*.json"))
    }


def load_privacy() -> dict[str, Catalogue]:
    """Every catalogue of the pages about people's own data by its language."""
    return {
        path.stem: Catalogue(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((_FOLDER / "privacy").glob("*.json"))
    }


def load_console() -> dict[str, Catalogue]:
    """Every catalogue of the console by its language: one file for each noun, joined."""
    return {
        folder.name: Catalogue(folder.name, dict(_joined(folder)))
        for folder in sorted((_FOLDER / "console").iterdir())
        if folder.is_dir()
    }


def _joined(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.json")):
        yield from json.loads(path.read_text(encoding="utf-8")).items()
