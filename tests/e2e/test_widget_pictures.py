"""Every state as a picture: by the reader's colour scheme, in forced colours, without motion.

With GREENROOM_TEST_PICTURES=<folder> the pictures are kept there, to be looked at.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import hosted
from tests.e2e.pictures import difference
from tests.e2e.reading import LANGUAGES
from tests.e2e.test_widget_states import CSS, STATES, pages

__all__ = ["pages"]
KEPT: Final = os.environ.get("GREENROOM_TEST_PICTURES")
# A caret that blinks in the field with the focus is so much of a picture.
CARET: Final = 0.0001
State = Callable[[Page], None]
# The outline of what was found is over, and what has the focus does not blink.
SETTLED: Final = """() => {
  const { shadowRoot } = document.querySelector("comment-thread");
  for (const each of shadowRoot.getAnimations()) each.finish();
}"""


def picture(page: Page, name: str) -> bytes:
    """The element as it is drawn now, with the pointer beside it: what scrolls under it would be lit up."""
    page.mouse.move(0, 0)
    page.evaluate(SETTLED)
    path = Path(KEPT) / f"{name}.png" if KEPT else None
    return page.locator("comment-thread").screenshot(path=path)


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_state_looks_as_its_reader_wants_it(
    browser: Browser, newsroom: Newsroom, pages: dict[str, str], blank: Page, state: State, lang: str
) -> None:
    name = f"{state.__name__}-{lang}"
    url = pages.get(f"{lang} {state.__name__}", pages[lang])
    with hosted(
        browser, newsroom, url, written={"css": CSS, "lang": lang}, viewport={"width": 720, "height": 900}
    ) as page:
        state(page)
        light = picture(page, f"{name}-light")
        # What the reader wants and what the page says are one to the widget.
        page.emulate_media(color_scheme="dark")
        dark = picture(page, f"{name}-dark")
        assert difference(blank, light, dark) > 0.5
        page.emulate_media(color_scheme="light")
        page.evaluate("document.documentElement.style.colorScheme = 'dark'")
        assert difference(blank, dark, picture(page, f"{name}-page-dark")) <= CARET
        page.evaluate("document.documentElement.style.colorScheme = ''")
        assert difference(blank, light, picture(page, f"{name}-light")) <= CARET

        # In forced colours nothing that the page set is left, and everything is still to be seen.
        page.emulate_media(forced_colors="active")
        forced = picture(page, f"{name}-forced")
        page.evaluate(
            "for (const [name, value] of Object.entries({ accent: 'red', muted: 'red', line: 'red', "
            "danger: 'red', fg: 'red', bg: 'lime' })) document.body.style.setProperty(`--cw-${name}`, value)"
        )
        assert difference(blank, forced, picture(page, f"{name}-forced-themed")) <= CARET
        page.evaluate("document.body.removeAttribute('style')")
        page.emulate_media(forced_colors="none")

        page.emulate_media(reduced_motion="reduce")
        still = picture(page, f"{name}-still")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert difference(blank, still, picture(page, f"{name}-still")) <= CARET
        assert difference(blank, light, still) <= CARET


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_what_is_wrong_is_seen_without_its_colour(
    browser: Browser, newsroom: Newsroom, pages: dict[str, str], blank: Page, options: dict[str, Any]
) -> None:
    """Signs and thicker borders are left where every colour is grey."""
    grey = f"{CSS} body {{ filter: grayscale(1); }}"
    with hosted(
        browser, newsroom, pages["en empty"], written={"css": grey}, viewport={"width": 720, "height": 900},
        **options,
    ) as page:  # fmt: skip
        row = page.locator(".field:has(#email)")
        before = row.locator("input").screenshot()
        page.locator(".submit").click()
        page.locator("#email-error").wait_for()
        assert difference(blank, before, row.locator("input").screenshot()) > 0.01
        sign = page.locator("#email-error").screenshot()
        page.evaluate(
            "document.querySelector('comment-thread').shadowRoot.adoptedStyleSheets[0]"
            ".insertRule('.error.error::before { visibility: hidden }', 0)"
        )
        assert difference(blank, sign, page.locator("#email-error").screenshot()) > 0
