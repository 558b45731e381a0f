"""The languages of readers in a browser: counted and written as `Intl` does, and all of it seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from service.web.drawing import catalogues, plurals
from service.web.drawing.numerals import written
from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.reading import ANSWERED, context, full_page
from tests.e2e.test_widget_everywhere import SCHEMES

WORDS: Final = catalogues.load()
# From right to left, with long words, and without spaces.
SET: Final = ("ar", "fa", "de", "ja")
NUMBERS: Final = [
    *range(201),
    999,
    1000,
    1001,
    1234,
    9999,
    10**4,
    98765,
    10**6,
    10**6 + 1,
    7 * 10**6,
    12345678,
]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    with context(browser) as fresh:
        yield fresh.new_page()


@pytest.mark.parametrize("lang", plurals.FORMS)
def test_numbers_take_the_forms_that_the_cldr_gives_them(blank: Page, lang: str) -> None:
    rules = f"new Intl.PluralRules('{lang}')"

    assert set(blank.evaluate(f"{rules}.resolvedOptions().pluralCategories")) == set(plurals.FORMS[lang])
    chosen = blank.evaluate(f"numbers => numbers.map(number => {rules}.select(number))", NUMBERS)
    assert dict(zip(NUMBERS, chosen, strict=True)) == {n: plurals.form(lang, n) for n in NUMBERS}


@pytest.mark.parametrize("lang", plurals.FORMS)
def test_numbers_are_written_as_the_cldr_writes_them(blank: Page, lang: str) -> None:
    script = f"numbers => numbers.map(number => new Intl.NumberFormat('{lang}').format(number))"
    shown = blank.evaluate(script, NUMBERS)

    assert dict(zip(NUMBERS, shown, strict=True)) == {n: written(lang, n) for n in NUMBERS}


@contextmanager
def embedded(
    browser: Browser, newsroom: Newsroom, lang: str, *, on: str = "", **options: Any
) -> Iterator[Page]:
    """The English article as a page in the language `on`, its widget with the attribute `lang`, if any."""

    def translate(route: Route) -> None:
        response = route.fetch()
        html = response.text().replace('<html lang="en" dir="ltr"', f'<html lang="{on or lang}"', 1)
        of_its_own = f' lang="{lang}">' if lang else ">"
        route.fulfill(response=response, body=html.replace(' lang="en">\n  <a', of_its_own + "\n  <a", 1))

    with context(browser, **ANSWERED, **options) as fresh:
        page = fresh.new_page()
        page.route(newsroom.english_url, translate)
        page.goto(newsroom.english_url)
        expect(page.locator("comment-thread #form")).to_be_visible()
        yield page


@pytest.mark.parametrize(
    ("attribute", "nearest", "shown"),
    [("de-AT", "ja", "de"), ("", "pt", "pt-BR"), ("", "tlh", "en"), ("tlh", "ja", "en")],
)
def test_the_attribute_goes_before_the_page_and_the_page_before_the_site(
    browser: Browser, newsroom: Newsroom, attribute: str, nearest: str, shown: str
) -> None:
    with embedded(browser, newsroom, attribute, on=nearest) as page:
        expect(page.locator(".thread")).to_have_attribute("lang", shown)
        expect(page.locator(".submit")).to_have_text(WORDS[shown].sentences["form.submit"])


@pytest.mark.parametrize("lang", ["fa", "ru"])
def test_what_the_widget_says_and_the_time_it_shows_are_in_the_language(
    browser: Browser, newsroom: Newsroom, lang: str
) -> None:
    said = WORDS[lang].sentences
    with embedded(browser, newsroom, lang) as page:
        page.locator(".submit").click()
        expect(page.locator("#problem")).to_have_text(WORDS[lang].count("says.attention", 3))
        expect(page.locator("#email-error")).to_have_text(said["error.email.required"])
        page.locator("#text").fill(f"In the language {lang}.")
        page.locator("#name").fill("Nadia")
        page.locator("#email").fill("nadia@example.com")
        page.locator(".submit").click()
        expect(page.locator("#status")).to_have_text(said["says.sent"])
        own = page.locator(".own").filter(has_text=f"In the language {lang}.")
        expect(own.locator(".badge")).to_have_text(said["own.pending"])
        time = own.locator("time").first
        as_intl_does = time.evaluate(
            "(time, lang) => new Date(time.dateTime).toLocaleString(lang, "
            "{ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })",
            lang,
        )
        expect(time).to_have_text(as_intl_does)


@pytest.mark.parametrize("lang", SET)
def test_a_refused_form_is_seen_whole_and_axe_finds_nothing(
    browser: Browser, newsroom: Newsroom, lang: str
) -> None:
    newsroom.submit(text="See https://example.com/", website="https://example.com")
    newsroom.approve_all()
    with embedded(browser, newsroom, lang) as page:
        for url in ("", full_page(newsroom).replace("lang=en", f"lang={lang}")):
            if url:
                page.goto(url)
            page.locator(".submit").click()
            expect(page.locator("[aria-invalid=true]")).to_have_count(3)
            for width, scheme in product((360, 1440), SCHEMES):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                # The page is laid out anew, which a busy browser does in more than one step.
                page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
                assert cut(page) == []
                assert violations(page) == [], (url, width, scheme)


def cut(page: Page) -> list[str]:
    """What does not fit into the label, button or sentence that it stands in."""
    thread = page.locator("comment-thread, main.thread")
    shown = thread.locator(":not(.trap) > label, .button, .error, h2, .note")
    found: list[str] = shown.evaluate_all(
        "nodes => nodes.filter(node => node.clientWidth && node.scrollWidth > node.clientWidth + 1)"
        ".map(node => node.textContent)"
    )
    return found
