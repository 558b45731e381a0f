"""The bars of the widget: bytes, requests, layout shift, policy, hostile style sheets; on two origins."""

import re
from collections.abc import Callable
from typing import Final

import brotli
import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import fresh_page, hosted
from tests.e2e.network import origin_of, overheard
from tests.e2e.pictures import difference
from tests.e2e.reading import context, fill, post

MOST_BYTES, MOST_OF_FIFTY = 6_000, 6_500
RESERVED: Final = "comment-thread { display: block; min-block-size: 100svh }"
TALL: Final = "<div style='block-size: 3000px'>A long story.</div>"
THINGS: Final = [
    "bridge",
    "ferry",
    "lamp",
    "tide",
    "bakery",
    "council",
    "harbour",
    "timetable",
    "gate",
    "oar",
]
LAYOUTS: Final[list[tuple[str, str, str, int]]] = [
    ("reserved", RESERVED, "", 1440),
    ("reserved and narrow", RESERVED, "", 360),
    ("below the fold", "", TALL, 1440),
]
SHIFT: Final = """
window.shift = 0;
new PerformanceObserver(list => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value;
}).observe({type: "layout-shift", buffered: true});
"""
STOPPED: Final = """
window.stopped = [];
addEventListener("securitypolicyviolation", event => {
  window.stopped.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
# What is said of elements in pages that are found in the wild, and worse.
TORTURE: Final = """
*, *::before, *::after { margin: 0 !important; letter-spacing: .3em !important; word-spacing: 1em !important;
  text-transform: uppercase !important; box-sizing: content-box !important; list-style: square !important;
  text-indent: 3em !important; font-style: italic !important; text-align: center !important; }
* { line-height: 3 !important; font-variant: small-caps !important; white-space: nowrap !important;
  text-shadow: 2px 2px red !important; cursor: crosshair !important; hyphens: auto !important; }
button { opacity: .2 !important; padding: 40px !important; font-size: 9px; }
ul, ol { list-style: square !important; margin: 40px !important; padding: 40px !important; }
h1, h2, h3 { font-size: 80px !important; color: red !important; clear: both; }
input, textarea, select { border: 9px dotted red !important; background: pink !important;
  width: 10px !important; }
label, p, article, section, header, form, div > a { display: inline !important;
  color: red !important; float: left; }
a, a:hover { color: lime !important; text-decoration: line-through !important; }
.thread, .list, .button, .text, .note, .row, .field, #form, #count { display: none !important; }
"""
# The element's own box is the page's: the same place and font in every picture.
PLACED: Final = """
html { font-size: 62.5%; background: #d1e4dd; color: #28303d; }
body, main { margin: 0 !important; padding: 0 !important; }
comment-thread { display: block !important; position: absolute; inset: 200px auto auto 0; inline-size: 600px;
  margin: 0 !important; padding: 0 !important; font: 18px sans-serif; }
footer { display: none; }
"""


@pytest.fixture(scope="module")
def fifty(newsroom: Newsroom) -> str:
    """A page with fifty comments, each of two sentences of their own."""
    url = fresh_page(newsroom)
    for number in range(50):
        one, other = THINGS[number % 10], THINGS[number // 10 + 4]
        newsroom.submit(
            name=f"Reader of the {one}",
            text=f"The {one} was the talk of the {other} for {number + 2} days. Who will pay for it now?",
            page=url,
        )
    newsroom.approve_all()
    return url


def test_the_widget_and_fifty_comments_are_few_bytes(newsroom: Newsroom, fifty: str) -> None:
    with newsroom.service.client(**{"Accept-Encoding": "br"}) as client:
        widget = client.get("/cw/1/widget.js")
        fragment = client.get("/v1/sites/demo/thread.html", params={"page": fifty, "shape": "fragment"})

    assert widget.headers["content-encoding"] == fragment.headers["content-encoding"] == "br"
    assert int(widget.headers["content-length"]) == len(brotli.compress(widget.content)) <= MOST_BYTES
    assert fragment.text.count("<article") == 50
    assert int(fragment.headers["content-length"]) <= MOST_OF_FIFTY


def test_two_requests_show_the_thread_and_one_sends_a_comment(
    browser: Browser, newsroom: Newsroom, fifty: str
) -> None:
    with hosted(browser, newsroom, fifty, wait=False) as page, overheard(page) as loading:
        page.reload()
        expect(page.locator("comment-thread article")).to_have_count(50)
        page.wait_for_load_state("networkidle")
        ours = [each for each in loading.asked if origin_of(each[2]) == newsroom.service_url]
        assert [(method, kind) for method, kind, _ in ours] == [("GET", "Script"), ("GET", "Fetch")]
        assert {url for _, _, url in loading.but(newsroom.service_url)} <= {
            fifty,
            f"{newsroom.demo_url}/favicon.ico",
        }

        with overheard(page) as sending:
            fill(page, "Sent by one request.")
            post(page)
            expect(page.locator(".own")).to_be_focused()
            page.wait_for_load_state("networkidle")
        assert [(method, kind) for method, kind, _ in sending.asked] == [("POST", "Fetch")]
        assert loading.preflights == sending.preflights == []
        assert (loading.cookies, sending.cookies, page.context.cookies()) == ([], [], [])


@pytest.mark.parametrize(("name", "css", "above", "width"), LAYOUTS, ids=[layout[0] for layout in LAYOUTS])
def test_nothing_on_the_page_moves(
    browser: Browser, newsroom: Newsroom, fifty: str, name: str, css: str, above: str, width: int
) -> None:
    written = {"css": css, "above": above}
    size = {"width": width, "height": 900}
    with hosted(browser, newsroom, fifty, written=written, wait=False, viewport=size) as page:
        page.add_init_script(SHIFT)
        page.reload()
        expect(page.locator("comment-thread article")).to_have_count(50)
        assert _shift(page) <= (0 if name == "below the fold" else 0.01)


def test_nothing_moves_while_a_comment_is_sent(browser: Browser, newsroom: Newsroom) -> None:
    with hosted(browser, newsroom, fresh_page(newsroom), written={"css": RESERVED}, wait=False) as page:
        page.add_init_script(SHIFT)
        page.reload()
        post(page)
        expect(page.locator("[aria-invalid=true]")).to_have_count(3)
        fill(page, "Nothing moved.")
        post(page)
        expect(page.locator(".own")).to_be_focused()
        assert _shift(page) <= 0.01


def _shift(page: Page) -> float:
    """The layout shift so far, when what was drawn last has been counted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return float(page.evaluate("window.shift"))


def _reply(page: Page) -> None:
    page.locator(".reply[data-reply]").first.click()
    form = page.get_by_role("form", name=re.compile("Reply to"))
    fill(form, "A reply under the policy.")
    post(form)
    expect(page.locator("article").filter(has_text="A reply under the policy.")).to_be_focused()


def _report(page: Page) -> None:
    page.locator(".reply[data-report]").first.click()
    page.locator("#report .button").first.click()
    expect(page.locator("#report")).to_be_hidden()


@pytest.mark.parametrize("act", [_reply, _report])
def test_the_documented_policy_lets_everything_work(
    browser: Browser, newsroom: Newsroom, act: Callable[[Page], None]
) -> None:
    url, service = fresh_page(newsroom), newsroom.service_url
    newsroom.submit(text="Something to answer.", page=url)
    newsroom.approve_all()
    policy = (
        f"default-src 'none'; script-src {service}; connect-src {service}; frame-src {service}; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    headers = {"content-security-policy": policy}
    with hosted(browser, newsroom, url, headers=headers, wait=False) as page:
        page.add_init_script(STOPPED)
        page.reload()
        expect(page.locator("comment-thread #count")).to_be_visible()
        act(page)
        assert page.evaluate("window.stopped") == []


@pytest.mark.parametrize("hostile", [TORTURE, "blog"])
def test_what_a_page_says_of_elements_does_not_reach_inside(
    browser: Browser, newsroom: Newsroom, fifty: str, hostile: str
) -> None:
    if hostile == "blog":
        hostile = httpx2.get(f"{newsroom.demo_url}/hosts/blog.css").text
    pictures = []
    for css in (PLACED, hostile + PLACED):
        size = {"width": 600, "height": 900}
        with hosted(browser, newsroom, fifty, written={"css": css}, viewport=size) as page:
            expect(page.locator("comment-thread article")).to_have_count(50)
            pictures.append(
                page.screenshot(clip={"x": 0, "y": 200, "width": 600, "height": 2_400}, full_page=True)
            )
            page.locator("#form").scroll_into_view_if_needed()
            pictures.append(page.locator("#form").screenshot())
    with context(browser) as fresh:
        blank = fresh.new_page()
        assert difference(blank, pictures[0], pictures[2]) <= 0.001
        assert difference(blank, pictures[1], pictures[3]) <= 0.001


def test_without_javascript_fifty_comments_are_read_and_one_is_written(
    browser: Browser, newsroom: Newsroom, fifty: str
) -> None:
    with context(browser, java_script_enabled=False) as fresh:
        page = fresh.new_page()
        page.goto(f"{newsroom.service_url}/v1/sites/demo/thread.html?page={fifty}")
        expect(page.locator("article")).to_have_count(50)
        fill(page, "Written by hand.")
        post(page)
        expect(page.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(page.get_by_role("status")).to_be_in_viewport()


def test_the_list_waits_for_no_timer(browser: Browser, newsroom: Newsroom, fifty: str) -> None:
    with hosted(browser, newsroom, fifty, wait=False) as page:
        page.add_init_script(
            "window.setTimeout = window.setInterval = () => 0; delete window.requestIdleCallback;"
        )
        page.reload()
        expect(page.locator("comment-thread article")).to_have_count(50)
