from collections.abc import Callable
from uuid import UUID

import pytest

from service.model.email import EmailAddress
from service.model.sites import Page
from service.model.submissions import Submission
from service.screening.candidate import Candidate, prepare


@pytest.fixture(scope="session")
def candidate() -> Callable[..., Candidate]:
    """Make a candidate: `candidate("the text", name="Sam", website=None)`."""

    def make(text: str, name: str = "Sam", website: str | None = None) -> Candidate:
        page = Page(UUID(int=1), "https://news.example/story", None)
        email = EmailAddress("sam@example.org", "sam@example.org")
        return prepare(Submission(page, name, email, website, text, None))

    return make
