"""A moderator's browser, which fails its test when a page does what its policy forbids."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.console.desk import Desk, running

# A page without a script of its own has no other way to tell of a violation.
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as found:
        found.add_init_script(LISTEN)
        found.set_default_timeout(30_000)
        yield found


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of which nothing may be heard: no violation of its policy, no failure of its script."""
    found = context.new_page()
    said: list[str] = []
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    yield found
    bad = ("CSP", "Content Security Policy", "uncaught")
    assert not [line for line in said if any(word in line for word in bad)]


@pytest.fixture
def signed_in(page: Page, newsroom: Newsroom) -> Page:
    """The queue as plain forms, reached with the keyboard alone."""
    page.goto(f"{newsroom.console_url}/sign-in?next=%2Fconsole%3Fplain%3D1")
    for key in ("Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(newsroom.moderator_name)
    page.keyboard.press("Tab")
    page.keyboard.type(newsroom.moderator_password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    return page


def sign_out(page: Page) -> None:
    """Through the account's sheet."""
    page.get_by_role("button", name="Signed in as").click()
    page.get_by_role("button", name="Sign out").click()


def look(context: BrowserContext, newsroom: Newsroom, theme: str, lang: str) -> None:
    """Choose a theme and a language, as the account's sheet does."""
    value = f"{theme}.{lang}"
    context.add_cookies([{"name": "greenroom-looks", "value": value, "url": newsroom.console_url}])
