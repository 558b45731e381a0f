"""What is wrong with a request, in the language of the console.

Problems are told in English, the language of the API. The English catalogue has their sentences under
`detail.`: one is found again there, and said in another language with what stood in its slots.
"""

import re
from typing import Final

from markupsafe import Markup

from service.web.drawing.catalogues import Catalogue

PREFIX: Final = "detail."
_SLOT: Final = re.compile(r"\{\{([a-z]+)\}\}")


class Details:
    """The sentences of one language's catalogue against those of English."""

    def __init__(self, english: Catalogue, spoken: Catalogue) -> None:
        self._spoken = spoken
        self._patterns = [(_pattern(text), PREFIX + key) for key, text in english.under(PREFIX).items()]

    def told(self, detail: str) -> Markup | None:
        """The sentence in the catalogue's language; None where English has no such sentence."""
        for pattern, key in self._patterns:
            if match := pattern.fullmatch(detail):
                values = {name: _bdi(value) for name, value in match.groupdict().items()}
                return self._spoken.text(key, **values)
        return None


def _pattern(text: str) -> re.Pattern[str]:
    # Odd places are the names of slots, because the pattern has one group.
    parts = enumerate(_SLOT.split(text))
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in parts), re.DOTALL
    )


def _bdi(value: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(value)
