"""The thread in a frame of the service's origin: as high as it is, looking like the page, with a memory."""

from base64 import b64encode
from typing import Final

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, embedded, go, held, hosted, html, publish, thread_html
from tests.e2e.reading import context, fill, post

DARK: Final = """<style>
:root { color-scheme: light; background: #14110f; color: #efe6d8; font: 20px Georgia, serif; }
comment-thread { --cw-accent: #ffb454; --cw-radius: 0; --cw-gap: 3em; }
</style>"""
Thread = tuple[str, list[str]]


@pytest.fixture(scope="module")
def one(newsroom: Newsroom) -> Thread:
    return publish(newsroom, "framed", [Said("The first thread."), Said("Its second comment.")])


def framed(page: Page) -> FrameLocator:
    """What is in the frame, once the widget is there."""
    inside = page.frame_locator("comment-thread iframe")
    expect(inside.locator("comment-thread #count")).to_be_visible()
    return inside


def test_a_frame_is_as_high_as_its_page_and_heeds_nobody_else(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    with hosted(browser, newsroom, html(newsroom, embedded(one[0], mode="frame"))) as page:
        go(page, newsroom)
        frame, inside = page.locator("comment-thread iframe"), framed(page)
        expect(inside.locator("main")).to_have_count(0)
        expect(inside.get_by_text("The first thread.")).to_be_visible()
        expect(frame).to_have_attribute("title", "Comments")
        high = _high(page)
        page.evaluate("postMessage({ 'cw:height': 7 }, '*')")
        page.evaluate("new Promise((done) => setTimeout(done))")
        assert _high(page) == high

        fill(inside, "Written in the frame.\n" * 9)
        post(inside)
        expect(inside.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(frame).not_to_have_attribute("height", str(high))


def _high(page: Page) -> int:
    """How high the frame is, when it is as high as its page."""
    page.wait_for_function("""() => {
      window.frame = document.querySelector("comment-thread").shadowRoot.querySelector("iframe");
      return frame.height !== "900";
    }""")
    high = int(page.locator("comment-thread iframe").get_attribute("height") or 0)
    measured = "(node) => Math.ceil(node.getBoundingClientRect().height)"
    assert high == framed(page).locator("html").evaluate(measured)
    return high


def test_own_comments_in_a_frame_are_remembered_there_and_nowhere_else(
    browser: Browser, newsroom: Newsroom
) -> None:
    url = f"{newsroom.demo_url}/framed-first"
    with hosted(browser, newsroom, html(newsroom, embedded(url, mode="frame"))) as page:
        go(page, newsroom)
        inside = framed(page)
        fill(inside, "Remembered in the frame.")
        post(inside)
        own = inside.get_by_role("article").filter(has_text="Remembered in the frame.")
        expect(own).to_contain_text("Awaiting moderation")
        page.reload()
        expect(framed(page).get_by_role("article").filter(has_text="Remembered in")).to_contain_text(
            "Awaiting moderation"
        )
        # Neither the comment's token nor anything else is where scripts of the page could read it.
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        (waits,) = [each for each in newsroom.pending() if each["text"] == "Remembered in the frame."]
        assert waits["page_title"] == page.title()


def test_a_frame_looks_like_the_page_around_it_and_goes_with_it(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    document = html(newsroom, embedded(one[0], mode="frame"), head=DARK)
    policy = f"script-src {newsroom.service_url}; frame-src {newsroom.service_url}; style-src 'unsafe-inline'"
    with hosted(browser, newsroom, document, policy=policy) as page:
        go(page, newsroom)
        inside = framed(page)
        words, button = inside.locator("comment-thread .thread"), inside.locator(".submit")
        expect(words).to_have_css("color", "rgb(239, 230, 216)")
        expect(words).to_have_css("font-family", "Georgia, serif")
        expect(words).to_have_css("font-size", "20px")
        expect(button).to_have_css("background-color", "rgb(255, 180, 84)")
        expect(button).to_have_css("border-radius", "0px")
        expect(inside.locator("html")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        assert _ground(browser, page) == "20,17,15"

        page.evaluate("document.documentElement.style.color = 'rgb(255, 255, 255)'")
        expect(words).to_have_css("color", "rgb(255, 255, 255)")
        page.evaluate("document.querySelector('comment-thread').setAttribute('theme', 'light')")
        expect(inside.locator("comment-thread")).to_have_css("background-color", "rgb(255, 255, 255)")
        page.evaluate("document.querySelector('comment-thread').removeAttribute('theme')")
        expect(inside.locator("comment-thread")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


_PIXEL: Final = """async text => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + text)).blob());
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.drawImage(picture, 4, 4, 1, 1, 0, 0, 1, 1);
  return brush.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
}"""


def _ground(browser: Browser, page: Page) -> str:
    """The colour of a pixel near the frame's corner, as red, green and blue."""
    picture = b64encode(page.locator("comment-thread iframe").screenshot()).decode()
    with context(browser) as fresh:
        return str(fresh.new_page().evaluate(_PIXEL, picture))


def test_strangers_neither_dress_a_frame_nor_make_it_live(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    """Nor does the service's own page around it; and from the site's pages only looks are taken."""
    thread, frame = thread_html(newsroom, one[0]), "<iframe src='{}' height='900'></iframe>"
    look = "frames[0].postMessage({'cw:look': {looks: {'--cw-fg': 'red', 'display': 'none'}}}, '*')"
    stranger = f"{newsroom.service_url}/stranger"
    with hosted(browser, newsroom, html(newsroom, frame.format(thread))) as page:
        page.route(stranger, lambda route: route.fulfill(body=frame.format(thread), content_type="text/html"))
        page.goto(stranger)
        inside = page.frame_locator("iframe")
        expect(inside.get_by_text("The first thread.")).to_be_visible()
        page.evaluate(look)
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert inside.locator("html").get_attribute("style") is None
        expect(inside.locator("comment-thread")).to_have_count(0)
        go(page, newsroom)
        expect(inside.get_by_text("The first thread.")).to_be_visible()
        page.evaluate(look)
        expect(inside.locator("comment-thread #count")).to_be_visible()
        assert inside.locator("html").get_attribute("style") == "--cw-fg: red; background: none;"


def test_who_writes_already_goes_on_writing(browser: Browser, newsroom: Newsroom, one: Thread) -> None:
    with hosted(browser, newsroom, html(newsroom, embedded(one[0], mode="frame"))) as page:
        waiting = held(page, "**/*shape=fragment*")
        go(page, newsroom)
        inside = page.frame_locator("comment-thread iframe")
        inside.locator("main #text").fill("Begun before.")
        for route in waiting:
            route.continue_()
        waiting.clear()
        inside.locator("main #name").fill("Nadia")
        inside.locator("main #email").fill("nadia@example.com")
        inside.locator("main .submit").click()
        expect(inside.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(inside.locator("main .own")).to_contain_text("Begun before.")


def test_the_framed_page_tells_its_height_to_the_sites_origins_and_in_their_words_only(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    """Asked from its own origin, which is none of the site's, and in other words than ours, it is silent."""
    thread = thread_html(newsroom, one[0])
    listen = "window.heard = []; addEventListener('message', (event) => window.heard.push(event.data));"
    with hosted(
        browser, newsroom, html(newsroom, f'<iframe src="{thread}"></iframe>'), script=listen
    ) as page:
        go(page, newsroom)
        expect(page.frame_locator("iframe").get_by_text("The first thread.")).to_be_visible()
        said = "for (const words of ['cw:hi', { 'cw:hello': 1 }]) frames[0].postMessage(words, '*')"
        page.evaluate(said)
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert page.evaluate("window.heard") == []
        page.evaluate("frames[0].postMessage('cw:hello', '*')")
        page.evaluate(
            "new Promise((done) => {"
            " const look = () => (window.heard.length ? done() : setTimeout(look, 10)); look(); })"
        )
        assert page.evaluate("Object.keys(window.heard[0])") == ["cw:height"]
    stranger = f"{newsroom.service_url}/stranger"
    with hosted(browser, newsroom, "", script=listen) as page:
        page.route(
            stranger,
            lambda route: route.fulfill(body=f'<iframe src="{thread}"></iframe>', content_type="text/html"),
        )
        page.goto(stranger)
        expect(page.frame_locator("iframe").get_by_text("The first thread.")).to_be_visible()
        page.evaluate("frames[0].postMessage('cw:hello', '*')")
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert page.evaluate("window.heard") == []
