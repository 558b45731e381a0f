"""Threads without script, under the strictest policy, under attack, for everybody, on every width."""

import re
import secrets
from collections.abc import Callable
from itertools import product
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.reading import (
    ANSWERED,
    LANGUAGES,
    address,
    context,
    fill,
    full_page,
    pending_with,
    post,
    reading,
)

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
TARGETS = "a.reply, a.time, a.author, button, .field input"
STRICT = "require-trusted-types-for 'script'; trusted-types 'none'"


def test_without_javascript_the_frame_reads_and_posts(browser: Browser, newsroom: Newsroom) -> None:
    newsroom.submit(text="Read without script.")
    newsroom.approve_all()
    with reading(browser, newsroom.english_url, java_script_enabled=False) as page:
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("Read without script.")).to_be_visible()
        fill(frame, "Written without script.")
        post(frame)
        status = frame.get_by_role("status")
        expect(status).to_have_text("Your comment is awaiting moderation.")
    assert len(pending_with(newsroom, "Written without script.")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_javascript_errors_keep_what_was_typed(
    browser: Browser, newsroom: Newsroom, lang: str
) -> None:
    with reading(browser, full_page(newsroom, lang), java_script_enabled=False) as page:
        fill(page, "\nStarts with an empty line.", email="nobody")
        post(page)
        expect(page.locator("[aria-invalid=true]")).to_have_count(1)
        expect(page.locator("#text")).to_have_value("\nStarts with an empty line.")
        expect(page.locator("html")).to_have_attribute("lang", lang)
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.locator("#email")).to_be_focused()


@pytest.mark.parametrize("has_set_html", [True, False])
def test_the_strictest_policy_stops_nothing(browser: Browser, newsroom: Newsroom, has_set_html: bool) -> None:
    def stricter(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].partition("require-trusted-types")[0]
        allowed = STRICT if has_set_html else STRICT.replace("'none'", "comment-thread")
        route.fulfill(
            response=response, headers={**response.headers, "content-security-policy": policy + allowed}
        )

    with context(browser, **ANSWERED) as fresh:
        page, said = fresh.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.add_init_script(
            "window.stopped = []; addEventListener('securitypolicyviolation', (event) => "
            "window.stopped.push(event.violatedDirective + ' ' + event.blockedURI));"
            + ("" if has_set_html else "delete Element.prototype.setHTML;")
        )
        page.route(newsroom.english_url, stricter)
        page.goto(newsroom.english_url)
        fill(page, f"Strictly speaking, {has_set_html}.")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Strictly speaking")).to_be_focused()
        assert page.evaluate("window.stopped") == []
        assert not [text for text in said if "violate" in text or "Trusted" in text]


def test_what_attackers_write_is_shown_as_they_wrote_it(browser: Browser, newsroom: Newsroom) -> None:
    payloads = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "\"><iframe srcdoc='<script>parent.alert(1)</script>'>",
        "javascript:alert(1)",
        "</textarea></div></section><style>*{display:none}</style>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "{{7*7}}{% raw %}",
        'https://example.com/"onmouseover=alert(1)//',
    ]
    for payload in payloads:
        newsroom.submit(text=payload, name=payload[:100], website="https://example.com/'")
    newsroom.approve_all()

    for url in (newsroom.english_url, full_page(newsroom)):
        with reading(browser, url) as page:
            for payload in payloads:
                shown = page.get_by_role("article").filter(has=page.get_by_text(payload, exact=True))
                expect(shown.first).to_be_visible()
            inside = page.locator("comment-thread, main.thread")
            for element in (
                "script",
                "img",
                "svg",
                "style",
                "math",
                "[srcdoc]",
                "[onerror]",
                "[onmouseover]",
            ):
                expect(inside.locator(element)).to_have_count(0)
            for link in inside.locator(".text a").all():
                assert (link.get_attribute("href") or "").startswith("https://")
                assert link.get_attribute("rel") == "nofollow ugc noopener noreferrer"


def _loaded(page: Page) -> None:
    expect(page.locator("#form")).to_be_visible()


def _refused(page: Page) -> None:
    post(page)
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)


def _waiting(page: Page) -> None:
    fill(page, f"A comment for the checker, {secrets.token_hex(4)}.")
    post(page)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\S"))).to_be_visible()


@pytest.mark.parametrize("reach", [_loaded, _refused, _waiting])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing(
    browser: Browser, newsroom: Newsroom, lang: str, reach: Callable[[Page], None]
) -> None:
    newsroom.submit(
        text="See https://example.com/", website="https://example.com", page=address(newsroom, lang)
    )
    newsroom.approve_all()
    for url in (address(newsroom, lang), full_page(newsroom, lang)):
        with context(browser) as fresh:
            page = fresh.new_page()
            page.goto(url)
            reach(page)
            for width, scheme in product((360, 1440), SCHEMES):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == [], (url, width, scheme)


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_sticks_out_of_a_narrow_page_and_everything_can_be_touched(
    browser: Browser, newsroom: Newsroom, lang: str, width: int
) -> None:
    url = address(newsroom, lang)
    newsroom.submit(text="w" * 300 + " https://example.com/" + "x" * 300, name="M" * 100, page=url)
    newsroom.approve_all()
    for there in (url, full_page(newsroom, lang)):
        with reading(browser, there, viewport={"width": width, "height": 800}) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            targets = page.locator("comment-thread, main.thread").locator(TARGETS)
            small = targets.evaluate_all(
                "(nodes) => nodes.map((node) => node.getBoundingClientRect())"
                ".filter((box) => box.height && (box.height < 24 || box.width < 24)).length"
            )
            assert small == 0
