"""Proof of work in a real browser, under the strictest policy: by itself, in a worker, and called off."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.owning import flood
from tests.e2e.reading import ANSWERED, context, fill, full_page, pending_with, post, reading, thread

STRICT = "require-trusted-types-for 'script'; trusted-types 'none'"
PARAMETERS = {"nonce": "00", "salt": "00", "cost": 1, "keyLength": 32, "keyPrefix": "zz"}
STRANGER: Final = {"name": "Zora", "email": "nobody-knows-me@example.com"}
UNSOLVABLE: Final[dict[str, Any]] = {
    "status": 403,
    "json": {"code": "proof_needed", "challenge": {"parameters": PARAMETERS}},
    "headers": {"access-control-allow-origin": "*"},
}
WATCHING = """
window.stopped = [];
addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
"""


@pytest.fixture
def flooded(newsroom: Newsroom) -> Iterator[Newsroom]:
    """The demo's site, said to be flooded."""
    flood(newsroom, True)
    yield newsroom
    flood(newsroom, None)


@contextmanager
def strictly(browser: Browser, newsroom: Newsroom, *, framed: bool) -> Iterator[Page]:
    """The article under Trusted Types, with or without leave for frames; everything is watched."""

    def stricter(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].partition("require-trusted-types")[0]
        if not framed:
            policy = re.sub(r"frame-src [^;]*;", "", policy)
        headers = {**response.headers, "content-security-policy": policy + STRICT}
        route.fulfill(response=response, headers=headers)

    with context(browser, **ANSWERED) as fresh:
        page = fresh.new_page()
        page.add_init_script(WATCHING)
        page.route(newsroom.english_url, stricter)
        page.goto(newsroom.english_url)
        yield page


def prove(page: Page, text: str) -> None:
    """Send until the site is known to be flooded, which the service looks up every two seconds.

    As somebody of whom nothing was approved in any test before: such authors are not asked for a proof.
    """
    with page.expect_response(lambda response: response.status == 403, timeout=120_000):
        for number in range(20):
            fill(page, f"{text} {number}", **STRANGER)
            with page.expect_response(re.compile("/submissions")) as answered:
                post(page)
            if answered.value.status == 403:
                break
            expect(page.get_by_role("article").filter(has_text=f"{text} {number}")).to_be_focused()


def test_the_browser_works_by_itself_and_the_policy_of_the_page_allows_it(
    browser: Browser, flooded: Newsroom
) -> None:
    with strictly(browser, flooded, framed=True) as page:
        workers = list[str]()
        page.on("worker", lambda worker: workers.append(worker.url))
        prove(page, "Worked for.")
        expect(page.get_by_role("article").filter(has_text="Worked for.").last).to_be_focused(timeout=60_000)
        expect(thread(page).get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
        expect(page.locator("iframe")).to_have_count(0)
        assert page.evaluate("stopped") == []
        assert workers == [f"{flooded.service_url}/cw/1/proof.js"]


def test_where_no_frame_is_allowed_the_page_works_itself(browser: Browser, flooded: Newsroom) -> None:
    with strictly(browser, flooded, framed=False) as page:
        prove(page, "Without a frame.")
        expect(page.get_by_role("article").filter(has_text="Without a frame.").last).to_be_focused(
            timeout=60_000
        )
        assert page.evaluate("stopped") == ["frame-src"]


def test_the_work_is_told_and_can_be_called_off(browser: Browser, flooded: Newsroom) -> None:
    with reading(browser, flooded.english_url) as page:
        page.route("**/submissions", lambda route: route.fulfill(**UNSOLVABLE))
        fill(page, "Never mind.")
        post(page)
        expect(thread(page).get_by_role("status")).to_contain_text("It is sent by itself.")
        stop = page.get_by_role("button", name="Cancel", exact=True)
        stop.click()
        expect(stop).to_have_count(0)
        expect(thread(page).get_by_role("alert")).to_contain_text("could not be sent")
        expect(page.locator("#text")).to_have_value("Never mind.")
        expect(page.locator("iframe")).to_have_count(0)
        expect(page.get_by_role("button", name="Post Comment")).not_to_have_attribute("aria-disabled", "true")


def test_without_javascript_nobody_is_locked_out(browser: Browser, flooded: Newsroom) -> None:
    with reading(browser, full_page(flooded), java_script_enabled=False) as page:
        fill(page, "No script in this flood.")
        post(page)
        expect(page.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
    assert len(pending_with(flooded, "No script in this flood.")) == 1
