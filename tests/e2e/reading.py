"""How the browser tests read and write: a fresh context for each, and the form by its labels."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Newsroom

LANGUAGES = ("en", "ur")
# A page that a test answers itself counts as one from far away; this lets it reach the service here.
ANSWERED = {"permissions": ["local-network-access"]}


@contextmanager
def reading(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page in a fresh context; anything that its policy stops, or a dialog, fails the test."""
    with context(browser, **options) as fresh:
        page, trouble = fresh.new_page(), list[str]()
        page.on("console", lambda said: trouble.append(said.text) if "violates" in said.text else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.goto(url)
        if options.get("java_script_enabled", True):
            expect(page.get_by_role("button", name=re.compile("Post Comment|تبصرہ بھیجیں"))).to_be_visible()
        yield page
        assert trouble == []


@contextmanager
def context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    fresh = browser.new_context(**options)
    try:
        yield fresh
    finally:
        fresh.close()


def thread(page: Page) -> Locator:
    return page.locator("comment-thread")


def fill(page: Page | Any, text: str, name: str = "Nadia", email: str = "nadia@example.com") -> None:
    page.get_by_role("textbox", name=re.compile("^(Comment|تبصرہ)")).fill(text)
    page.get_by_role("textbox", name=re.compile("^(Name|نام)")).fill(name)
    page.get_by_role("textbox", name=re.compile("^(Email|ای میل)")).fill(email)


def post(page: Page | Any) -> None:
    page.get_by_role("button", name=re.compile("Post Comment|تبصرہ بھیجیں")).click()


def address(newsroom: Newsroom, lang: str) -> str:
    return newsroom.english_url if lang == "en" else newsroom.urdu_url


def full_page(newsroom: Newsroom, lang: str = "en") -> str:
    page = quote(address(newsroom, lang), safe="")
    return f"{newsroom.service_url}/v1/sites/demo/thread.html?page={page}&lang={lang}"


def pending_with(newsroom: Newsroom, text: str) -> list[dict[str, Any]]:
    return [comment for comment in newsroom.pending() if comment["text"] == text]
