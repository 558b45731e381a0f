"""Every state of the widget, light and dark, both ways, narrow and wide: axe, targets, nothing sticks out."""

from collections.abc import Callable
from itertools import product
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import doubts
from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import fresh_page, hosted
from tests.e2e.reading import LANGUAGES, fill, post
from tests.e2e.test_widget_everywhere import SCHEMES

CSS: Final = """
:root { color-scheme: light dark; }
html { background: light-dark(#fff, #111418); color: light-dark(#1b1f24, #e6e9ed); }
body { margin: 0; padding: 16px; }
"""
# What can be clicked or typed into. Links inside a sentence are as high as its line (WCAG 2.5.8, inline),
# and the link that stays when nothing else can is the page's.
TARGETS: Final = "a, button, input, select, textarea, summary"
SMALL: Final = """nodes => nodes.filter(node => node.getRootNode() !== document)
  .filter(node => !node.closest(".trap, .text, p.note, p.aside"))
  .map(node => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"""


@pytest.fixture(scope="module")
def pages(newsroom: Newsroom) -> dict[str, str]:
    """By what they are for: a page with comments, an empty one, a closed one; in each language."""
    found = {}
    for lang in LANGUAGES:
        found[lang], found[f"{lang} empty"], found[f"{lang} closed"] = (
            fresh_page(newsroom) for _ in range(3)
        )
        for page in (found[lang], found[f"{lang} closed"]):
            parent = newsroom.submit(
                text="See https://example.com/ for it.\n\nکیا یہ درست ہے؟",
                website="https://example.com",
                page=page,
            )
            newsroom.submit(text="w" * 300, name="M" * 100, page=page)
            newsroom.approve_all()
            newsroom.submit(text="A reply.", name="نادیہ", page=page, parent=parent)
            newsroom.approve_all()
    with newsroom.service.client(**newsroom.service.token("admin")) as client:
        for lang in LANGUAGES:
            query = {"page": found[f"{lang} closed"]}
            client.put("/v1/sites/demo/page", params=query, json={"closed": True}).raise_for_status()
    return found


def _hanging(route: Route) -> None:
    """No answer, ever."""


def loading(page: Page) -> None:
    page.route("**/thread.html*", _hanging)
    page.reload()
    expect(page.locator("comment-thread .wait")).to_be_visible()


def unread(page: Page) -> None:
    page.route("**/thread.html*", lambda route: route.abort())
    page.reload()
    expect(page.locator("comment-thread .wait")).to_have_count(0)


def loaded(page: Page) -> None:
    expect(page.locator("comment-thread article").first).to_be_visible()


def empty(page: Page) -> None:
    expect(page.locator("comment-thread .empty")).to_be_visible()


def closed(page: Page) -> None:
    expect(page.locator("comment-thread .closed")).to_be_visible()


def invalid(page: Page) -> None:
    post(page)
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)


def pending(page: Page) -> None:
    fill(page, "A comment of my own.")
    post(page)
    expect(page.locator(".own")).to_be_focused()
    page.locator(".own summary").first.click()


def answering(page: Page) -> None:
    page.locator(".reply[data-reply]").first.click()
    expect(page.locator("#form .cancel")).to_be_visible()


def reporting(page: Page) -> None:
    page.locator(".reply[data-report]").first.click()
    expect(page.locator("#report")).to_be_visible()


def _slow_down(route: Route) -> None:
    headers = {"access-control-allow-origin": "*", "content-type": "application/problem+json"}
    body = '{"code": "rate_limited", "detail": "Please wait 20 seconds.", "retry_after": 20}'
    route.fulfill(status=429, body=body, headers=headers)


def refused(page: Page) -> None:
    page.route("**/submissions", _slow_down)
    fill(page, "Too soon.")
    post(page)
    expect(page.locator("#problem")).not_to_be_empty()


def offline(page: Page) -> None:
    fill(page, "From the tunnel.")
    page.context.set_offline(True)
    post(page)
    expect(page.locator("#problem")).not_to_be_empty()
    page.context.set_offline(False)


STATES: Final[tuple[Callable[[Page], None], ...]] = (
    loading, unread, loaded, empty, closed, invalid, pending, answering, reporting, refused, offline,
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_state_has_no_fault_in_any_light_direction_or_width(
    browser: Browser, newsroom: Newsroom, pages: dict[str, str], state: Callable[[Page], None], lang: str
) -> None:
    url = pages.get(f"{lang} {state.__name__}", pages[lang])
    with hosted(
        browser, newsroom, url, written={"css": CSS, "lang": lang}, viewport={"width": 1440, "height": 900}
    ) as page:
        state(page)
        inside = page.locator("comment-thread")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert doubts(page) == [], scheme
        for width, direction in product((320, 360, 1440), ("ltr", "rtl")):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("dir => { document.documentElement.dir = dir }", direction)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, direction)
            assert inside.locator(TARGETS).evaluate_all(SMALL) == [], (width, direction)
