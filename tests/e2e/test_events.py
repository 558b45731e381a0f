"""What the element tells the page around it: the same whether the thread is in the page or in a frame."""

from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, embedded, go, hosted, html, publish
from tests.e2e.reading import fill, pending_with, post

LISTEN: Final = """
window.told = [];
for (const name of ["ready", "submitted", "count"]) {
  addEventListener(`cw:${name}`, ({ type, target, detail }) => window.told.push([type, target.id, detail]));
}
addEventListener("cw:nonsense", () => window.told.push(["nonsense"]));
"""
Thread = tuple[str, list[str]]


@pytest.fixture(scope="module")
def one(newsroom: Newsroom) -> Thread:
    return publish(newsroom, "told", [Said("The first thread."), Said("Its second comment.")])


def told(page: Page, number: int) -> list[list[object]]:
    """The events so far, once there are so many."""
    page.wait_for_function("number => window.told.length >= number", arg=number)
    found: list[list[object]] = page.evaluate("window.told")
    assert len(found) == number
    return found


@pytest.mark.parametrize("mode", ["", "frame"])
def test_the_page_is_told_that_a_thread_is_there_how_long_it_is_and_what_was_sent(
    browser: Browser, newsroom: Newsroom, one: Thread, mode: str
) -> None:
    document = html(newsroom, embedded(one[0], id="a", **({"mode": mode} if mode else {})))
    with hosted(browser, newsroom, document, script=LISTEN) as page:
        go(page, newsroom)
        detail = {"page": one[0]}
        assert told(page, 2) == [["cw:ready", "a", detail], ["cw:count", "a", detail | {"count": 2}]]
        inside = page.frame_locator("comment-thread iframe") if mode else page
        fill(inside, f"Told of, {mode}.")
        post(inside)
        (sent,) = told(page, 3)[2:]
        (waits,) = pending_with(newsroom, f"Told of, {mode}.")
        assert sent == ["cw:submitted", "a", {"id": waits["id"]}]


def test_a_count_is_told_as_a_number_too(browser: Browser, newsroom: Newsroom, one: Thread) -> None:
    body = f'<comment-count id="c" site="demo" page="{one[0]}">Comments</comment-count>'
    with hosted(browser, newsroom, html(newsroom, body), script=LISTEN) as page:
        go(page, newsroom)
        assert told(page, 1) == [["cw:count", "c", {"page": one[0], "count": 2}]]
        expect(page.locator("comment-count")).to_have_text("2 comments")


def test_nothing_but_its_frame_and_no_other_event_makes_an_element_tell_the_page(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    with hosted(
        browser, newsroom, html(newsroom, embedded(one[0], id="a", mode="frame")), script=LISTEN
    ) as page:
        go(page, newsroom)
        before = told(page, 2)
        # The page to itself; and the frame in words that are not ours.
        page.evaluate("postMessage({ 'cw:event': 'cw:submitted', detail: {} }, '*')")
        [frame] = page.frames[1:]
        for name in ("cw:nonsense", "click", 7, None):
            frame.evaluate("name => parent.postMessage({ 'cw:event': name, detail: {} }, '*')", name)
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert page.evaluate("window.told") == before


def test_a_page_of_strangers_around_a_frame_is_told_nothing(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    """Not even one that asks in the right words: its origin is none of the site's."""
    address = f"{newsroom.service_url}/v1/sites/demo/thread.html?page={one[0]}"
    body = f'<iframe src="{address}"></iframe><script>onmessage = ({{ data }}) => told.push(data)</script>'
    stranger = f"{newsroom.service_url}/stranger"
    with hosted(browser, newsroom, "", script="window.told = [];") as page:
        page.route(stranger, lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto(stranger)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("The first thread.")).to_be_visible()
        page.evaluate("frames[0].postMessage('cw:hello', '*')")
        page.evaluate("frames[0].postMessage({'cw:look': {}}, '*')")
        frame.locator("body").evaluate("() => dispatchEvent(new CustomEvent('cw:ready', { detail: {} }))")
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert page.evaluate("window.told") == []
