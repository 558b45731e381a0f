"""The sentences of a bill in the reader's language.

A bill is stored with its sentences in English, so that it reads in years as it does today. They are made of
few patterns, which the English catalogue has under `sentence.`: a sentence is found again by its pattern,
and said in another language with what stood in the pattern's slots. One that fits none stays as it is.

`frontend/console/say.js` does the same for the triage view; a test compares the two.
"""

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from service.web.drawing.catalogues import Catalogue

PREFIX: Final = "sentence."
_SLOT: Final = re.compile(r"\{\{([a-z]+)(\d?)\}\}")
_NUMBERS: Final = frozenset({"count", "number", "spam", "approved", "refused", "seconds", "percent"})
_JOINTS: Final = ("; ", ", ")


class Sentences:
    """The patterns of one language's catalogue against those of English."""

    def __init__(self, english: Catalogue, spoken: Catalogue) -> None:
        self._spoken = spoken
        self._words: dict[str, dict[str, str]] = {}
        patterns: list[tuple[re.Pattern[str], str]] = []
        said = english.under(PREFIX)
        for key, text in said.items():
            kind, _, rest = key.partition(".")
            if rest and kind in {"trade", "letters", "whose"}:
                self._words.setdefault(kind, {})[text.lower()] = PREFIX + key
        for key, text in said.items():
            stem = re.sub("_(one|other)$", "", key)
            patterns.append((re.compile(self._pattern(text), re.IGNORECASE), PREFIX + stem))
        self._patterns = patterns

    def told(self, sentence: str) -> Markup | None:
        """The sentence in the catalogue's language; None where it fits no pattern."""
        bare = sentence.removesuffix(".")
        parts = [self._part(bare)]
        for joint in _JOINTS:
            if None in parts:
                parts = [self._part(part) for part in bare.split(joint)]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        return self._spoken.say("list.comma").join(found) + self._spoken.say(PREFIX + "stop")

    def _part(self, text: str) -> Markup | None:
        for pattern, key in self._patterns:
            if match := pattern.fullmatch(text):
                return self._spoken.say(key, **self._values(match.groupdict()))
        return None

    def _values(self, found: Mapping[str, str]) -> dict[str, object]:
        values: dict[str, object] = {"count": 1}
        for name, value in found.items():
            words = self._words.get(name.rstrip("0123456789"))
            if words:
                values[name] = self._spoken.say(words[value.lower()])
            elif name == "count":
                values[name] = int(value)
            else:
                values[name] = Markup("<bdi>{}</bdi>").format(value)
        return values

    def _pattern(self, text: str) -> str:
        literals = _SLOT.split(text)
        return "".join(
            re.escape(literals[place]) + self._slot(*literals[place + 1 : place + 3])
            for place in range(0, len(literals), 3)
        )

    def _slot(self, name: str = "", digit: str = "") -> str:
        if not name:
            return ""
        words = self._words.get(name, {})
        inner = "|".join(re.escape(word) for word in words) or (r"[\d.]+" if name in _NUMBERS else "[^;]+")
        return f"(?P<{name}{digit}>{inner})"


def as_it_is(sentence: str) -> Markup:
    """A sentence that is not translated, marked as English."""
    return Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(escape(sentence))
