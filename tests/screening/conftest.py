from collections.abc import Callable

import pytest

from service.screening.candidate import Candidate, prepare


@pytest.fixture(scope="session")
def candidate() -> Callable[..., Candidate]:
    """Make a candidate: `candidate("the text", name="Sam", website=None)`."""

    def make(text: str, name: str = "Sam", website: str | None = None) -> Candidate:
        return prepare(text, name=name, website=website)

    return make
