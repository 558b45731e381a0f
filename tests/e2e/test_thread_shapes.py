"""How a thread is laid out: where its form is, how deep it is shown, what was published at once."""

import secrets
import time
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import fresh_page
from tests.e2e.hosting import hosted as shown
from tests.e2e.owning import SITE
from tests.e2e.publishing import Said, embedded, go, held, hosted, html, publish, thread_html
from tests.e2e.reading import context, fill, post

DEEP: Final = [
    Said("The first.", name="Ana"),
    Said("A reply.", name="Bilal", under=0),
    Said("A reply to it.", name="Chen", under=1),
    Said("And to that.", name="Dora", under=2),
    Said("Something else.", name="Esra"),
]
Thread = tuple[str, list[str]]


@pytest.fixture(scope="module")
def deep(newsroom: Newsroom) -> Thread:
    return publish(newsroom, "deep", DEEP)


def inset(page: Page, comment: str) -> float:
    """How far in a comment begins."""
    box = page.locator(f"#comment-{comment}").bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("scripted", [True, False])
def test_where_it_is_narrow_two_levels_are_shown_and_the_rest_says_whom_it_answers(
    browser: Browser, newsroom: Newsroom, deep: Thread, scripted: bool
) -> None:
    url, ids = deep
    with context(browser, java_script_enabled=scripted) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        expect(page.get_by_text("And to that.")).to_be_visible()
        page.set_viewport_size({"width": 1440, "height": 900})
        wide = [inset(page, each) for each in ids[:4]]
        assert wide == sorted(set(wide))
        expect(page.get_by_text("In reply to").first).to_be_hidden()

        page.set_viewport_size({"width": 360, "height": 740})
        narrow = [inset(page, each) for each in ids[:4]]
        assert narrow[0] < narrow[1] == narrow[2] == narrow[3]
        asides = page.locator("p.aside:visible")
        assert asides.all_inner_texts() == ["In reply to Bilal", "In reply to Chen"]
        asides.first.get_by_role("link", name="Bilal").click()
        expect(page.locator(f"#comment-{ids[1]}")).to_be_in_viewport()


def top_to_bottom(thread: Locator) -> list[str]:
    """Form and list as they follow one another, to the eye and to the keyboard."""
    parts = thread.locator(":is(div.thread, main.thread) > :is(#form, .comments)")
    expect(parts.first).to_be_visible()
    found = parts.evaluate_all(
        "nodes => nodes.map(node => [node.id || node.className, node.getBoundingClientRect().y])"
    )
    assert found == sorted(found, key=lambda each: float(each[1]))
    return [str(name) for name, _ in found]


@pytest.mark.parametrize("mode", ["", "frame"])
def test_a_page_may_have_the_form_above_the_comments(
    browser: Browser, newsroom: Newsroom, deep: Thread, mode: str
) -> None:
    attributes = {"form-position": "top"} | ({"mode": mode} if mode else {})
    with hosted(browser, newsroom, html(newsroom, embedded(deep[0], **attributes))) as page:
        go(page, newsroom)
        inside = page.frame_locator("comment-thread iframe") if mode else page
        thread = inside.locator("comment-thread")
        expect(thread.locator("#count")).to_be_visible()
        assert top_to_bottom(thread) == ["form", "comments"]
        # A reply borrows the form, which goes back to where it was.
        thread.get_by_role("link", name="Reply to Ana").click()
        assert top_to_bottom(thread) == ["comments"]
        thread.get_by_role("button", name="Cancel reply").click()
        thread.get_by_role("link", name="Newest first").click()
        expect(thread.get_by_role("link", name="Oldest first")).to_be_visible()
        assert top_to_bottom(thread) == ["form", "comments"]
        fill(inside, f"Written on top, {mode}.")
        post(inside)
        expect(inside.get_by_role("article").filter(has_text="Written on top")).to_be_focused()


def test_without_script_the_form_stands_where_the_page_wants_it_too(
    browser: Browser, newsroom: Newsroom, deep: Thread
) -> None:
    with context(browser, java_script_enabled=False) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, deep[0]))
        assert top_to_bottom(page.locator("body")) == ["comments", "form"]
        page.goto(thread_html(newsroom, deep[0], form="top"))
        assert top_to_bottom(page.locator("body")) == ["form", "comments"]
        page.get_by_role("link", name="Newest first").click()
        assert top_to_bottom(page.locator("body")) == ["form", "comments"]


def test_while_a_thread_is_read_the_link_to_it_stays(
    browser: Browser, newsroom: Newsroom, deep: Thread
) -> None:
    with hosted(browser, newsroom, html(newsroom, embedded(deep[0]))) as page:
        waiting = held(page, "**/thread.html*")
        go(page, newsroom)
        expect(page.locator(".wait")).to_have_attribute("aria-busy", "true")
        expect(page.get_by_role("link", name="Comments")).to_be_visible()
        waiting[0].continue_()
        expect(page.get_by_text("The first.")).to_be_visible()
        expect(page.get_by_role("link", name="Comments", exact=True)).to_be_hidden()


@pytest.fixture
def approved(newsroom: Newsroom) -> str:
    """A link whose comments a standing rule of the site approves, once that is in force."""
    host = f"{secrets.token_hex(6)}.example"
    with newsroom.service.client(**newsroom.headers) as client:
        rule = {"kind": "host", "value": host, "action": "approve", "hours": 1}
        assert client.post(f"{SITE}/rules", json=rule).status_code == 201
    deadline, page = time.monotonic() + 60, fresh_page(newsroom)
    while True:
        comment = newsroom.submit(text=f"https://{host}/{secrets.token_hex(4)}", page=page)
        if all(each["id"] != comment for each in newsroom.pending()):
            return f"https://{host}/"
        assert time.monotonic() < deadline


@pytest.mark.parametrize("scripted", [True, False])
def test_what_is_approved_at_once_is_there_at_once_and_said_to_be(
    browser: Browser, newsroom: Newsroom, approved: str, scripted: bool
) -> None:
    said, url = f"Mine, and everybody's, {scripted}.", fresh_page(newsroom)
    newsroom.submit(text="Here before.", page=url)
    newsroom.approve_all()
    with context(browser, java_script_enabled=scripted) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        expect(page.locator("#form")).to_be_visible()
        fill(page, f"{said} {approved}")
        post(page)
        own = page.get_by_role("article").filter(has_text=said)
        expect(own).to_be_visible()
        expect(own).not_to_contain_text("Awaiting moderation")
        expect(page.get_by_role("status").first).to_have_text("Your comment is published.")
    with shown(browser, newsroom, url) as page:
        expect(page.get_by_role("article").filter(has_text=said)).to_have_count(1)


def test_what_one_published_and_meets_again_on_its_page_is_there_once(
    browser: Browser, newsroom: Newsroom, approved: str
) -> None:
    number = secrets.token_hex(4)
    url, ids = publish(newsroom, f"many-{number}", [Said(f"Comment {at}.") for at in range(60)])
    with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
        go(page, newsroom)
        expect(page.locator("article")).to_have_count(50)
        fill(page, f"The last word, {number}. {approved}")
        post(page)
        own = page.get_by_role("article").filter(has_text="The last word")
        expect(own).to_be_focused()
        page.get_by_role("link", name="More comments").click()
        expect(page.locator(f"#comment-{ids[50]}")).to_be_focused()
        expect(own).to_have_count(1)
        expect(page.locator("article")).to_have_count(61)
        expect(page.locator("article").last).to_contain_text("The last word")
