from collections.abc import Callable

import pytest

from service.filters.profanity import profanity
from service.screening.candidate import Candidate, prepare
from service.screening.facts import Facts


@pytest.fixture(scope="session")
def candidate() -> Callable[..., Candidate]:
    """Make a candidate: `candidate("the text", name="Sam", website=None)`."""

    def make(text: str, name: str = "Sam", website: str | None = None) -> Candidate:
        return prepare(text, name=name, website=website)

    return make


@pytest.fixture(scope="session")
def find(candidate: Callable[..., Candidate]) -> Callable[..., list[str]]:
    """What the filter of words marks, in order: `find("the text", language="en")`."""

    def run(text: str, name: str = "Sam", website: str | None = None, *, language: str = "en") -> list[str]:
        made = candidate(text, name=name, website=website)
        signal = profanity(made, Facts(False, 20.0, True, language=language))
        return [made.quote(span) for span in signal.spans] if signal else []

    return run
