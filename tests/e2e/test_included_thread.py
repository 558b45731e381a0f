"""Threads that came with the article: moved and not read again, looking the same, working without script."""

import re
from base64 import b64encode

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, embedded, go, held, hosted, html, publish, reads, thread_html
from tests.e2e.reading import fill, post

Thread = tuple[str, list[str]]


@pytest.fixture(scope="module")
def one(newsroom: Newsroom) -> Thread:
    return publish(
        newsroom, "included-one", [Said("The first thread."), Said("An answer.", name="Ana", under=0)]
    )


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
ONE_DIFFERENT = """([one, other]) => Promise.all([one, other].map(async (shot) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${shot}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, 0, image.width, image.height).data;
})).then(([one, other]) => {
  if (one.length !== other.length) return 1;
  let different = 0;
  for (let at = 0; at < one.length; at += 4) different += one[at] !== other[at];
  return different / (one.length / 4);
})"""


@pytest.mark.parametrize("width", [360, 1440])
def test_a_thread_that_came_with_the_article_is_moved_and_looks_the_same(
    browser: Browser, newsroom: Newsroom, one: Thread, width: int
) -> None:
    light = httpx2.get(thread_html(newsroom, one[0], lang="en", shape="light"))
    assert light.headers["cache-control"].startswith("public")
    head = f'<link rel="stylesheet" href="{newsroom.service_url}/cw/1/light.css">'
    policy = httpx2.get(newsroom.english_url).headers["content-security-policy"]
    policy = policy.replace("style-src 'self'", f"style-src {newsroom.service_url}")
    document = html(newsroom, embedded(one[0], inside=light.text), head=head)
    size = {"width": width, "height": 1_600}
    with hosted(browser, newsroom, document, policy=policy, script=SHIFTS, viewport=size) as page:
        asked, waiting = reads(page), held(page, "**/widget.js")
        page.goto(f"{newsroom.demo_url}/hosted", wait_until="commit")
        expect(page.get_by_text("The first thread.")).to_be_visible()
        page.evaluate("window.before = document.querySelector('article')")
        before = page.screenshot()
        waiting[0].continue_()
        # The widget has it once times are said as the browser says them.
        expect(page.locator("article time").first).not_to_have_text(re.compile("UTC"))
        inside = "document.querySelector('comment-thread').shadowRoot.querySelector('article')"
        assert page.evaluate(f"{inside} === window.before")
        after = page.screenshot()
        assert page.evaluate("window.shifted") <= 0.01
        assert asked == []
        fill(page, f"Written below an included thread at {width} pixels.")
        post(page)
        expect(page.locator("article").last).to_contain_text(f"thread at {width} pixels.")
    assert _difference(browser, before, after) <= 0.02


def _difference(browser: Browser, before: bytes, after: bytes) -> float:
    page = browser.new_page()
    found: float = page.evaluate(ONE_DIFFERENT, [b64encode(shot).decode() for shot in (before, after)])
    page.close()
    return found


def test_an_included_thread_works_without_script(browser: Browser, newsroom: Newsroom, one: Thread) -> None:
    light = httpx2.get(thread_html(newsroom, one[0], lang="en", shape="light")).text
    document = html(newsroom, embedded(one[0], inside=light))
    policy = f"form-action {newsroom.service_url}"
    with hosted(browser, newsroom, document, policy=policy, java_script_enabled=False) as page:
        go(page, newsroom)
        expect(page.locator("article")).to_have_count(2)
        page.get_by_role("link", name="Reply to Ana").click()
        fill(page, "An answer without script.")
        post(page)
        expect(page.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        go(page, newsroom)
        fill(page, "A comment without script.")
        post(page)
        expect(page.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
