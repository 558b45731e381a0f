"""Four kinds of page that comments are embedded in: what the documents show, and the tests look at."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Host:
    """One page and its style sheet: their name, the page's language, and what it calls its comments."""

    name: str
    lang: str
    comments: str

    @property
    def path(self) -> str:
        """Where the page is."""
        return f"/hosts/{self.name}"


HOSTS: Final = (
    Host("plain", "en", "Comments"),
    Host("blog", "en", "Comments"),
    Host("magazine", "en", "Comments"),
    Host("paper", "ur", "تبصرے"),
)
