"""The element on pages of other people's: twice, moved, changed, framed, and where things fail."""

import re

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, embedded, go, held, hosted, html, publish, reads
from tests.e2e.reading import fill, post

Thread = tuple[str, list[str]]


@pytest.fixture(scope="module")
def one(newsroom: Newsroom) -> Thread:
    return publish(newsroom, "one", [Said("The first thread."), Said("An answer.", name="Ana", under=0)])


@pytest.fixture(scope="module")
def other(newsroom: Newsroom) -> Thread:
    return publish(newsroom, "other", [Said("The other thread.")])


def test_two_threads_on_a_page_keep_to_themselves(
    browser: Browser, newsroom: Newsroom, one: Thread, other: Thread
) -> None:
    body = embedded(one[0], id="a") + embedded(other[0], id="b")
    with hosted(browser, newsroom, html(newsroom, body)) as page:
        asked = reads(page)
        go(page, newsroom, f"hosted#comment-{other[1][0]}")
        expect(page.locator(f"#b #comment-{other[1][0]}")).to_be_focused()
        expect(page.locator("#a article")).to_have_count(2)
        expect(page.locator("#b article")).to_have_count(1)
        assert len(asked) == 2
        fill(page.locator("#b"), "Only in the second.")
        post(page.locator("#b"))
        expect(page.locator("#b article").last).to_contain_text("Only in the second.")
        expect(page.locator("#a")).not_to_contain_text("Only in the second.")


def test_an_element_that_is_moved_keeps_what_is_typed_and_reads_nothing(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    with hosted(browser, newsroom, html(newsroom, f"<main>{embedded(one[0])}</main><aside></aside>")) as page:
        go(page, newsroom)
        fill(page, "Half a sentence")
        asked = reads(page)
        page.evaluate("document.querySelector('aside').append(document.querySelector('comment-thread'))")
        expect(page.locator("aside #text")).to_have_value("Half a sentence")
        expect(page.locator("aside article")).to_have_count(2)
        assert asked == []


def test_an_element_that_is_moved_or_removed_while_it_reads_is_shown_where_it_ends_up(
    browser: Browser, newsroom: Newsroom, one: Thread, other: Thread
) -> None:
    body = f"<main>{embedded(one[0], id='a')}{embedded(other[0], id='b')}</main><aside></aside>"
    with hosted(browser, newsroom, html(newsroom, body)) as page:
        waiting = held(page, "**/thread.html*")
        go(page, newsroom)
        expect(page.locator("#a .wait")).to_be_visible()
        expect(page.locator("#b .wait")).to_be_visible()
        page.evaluate(
            "document.querySelector('aside').append(document.querySelector('#a'));"
            "window.removed = document.querySelector('#b'); window.removed.remove()"
        )
        for route in waiting:
            route.continue_()
        expect(page.locator("aside #a article")).to_have_count(2)
        page.evaluate("document.querySelector('main').append(window.removed)")
        expect(page.locator("main #b article")).to_have_count(1)
        assert len(waiting) == 2


def test_an_attribute_that_changes_shows_another_thread_or_language(
    browser: Browser, newsroom: Newsroom, one: Thread, other: Thread
) -> None:
    with hosted(browser, newsroom, html(newsroom, embedded(one[0], id="a"))) as page:
        go(page, newsroom)
        expect(page.get_by_text("The first thread.")).to_be_visible()
        asked = reads(page)
        page.evaluate(
            "(url) => { const a = document.querySelector('#a'); a.setAttribute('page', url); a.lang = 'ur' }",
            other[0],
        )
        expect(page.get_by_text("The other thread.")).to_be_visible()
        expect(page.get_by_text("The first thread.")).to_have_count(0)
        expect(page.locator("#a .thread")).to_have_attribute("dir", "rtl")
        assert len(asked) == 1


def test_the_slower_of_two_readings_does_not_win(
    browser: Browser, newsroom: Newsroom, one: Thread, other: Thread
) -> None:
    with hosted(browser, newsroom, html(newsroom, embedded(one[0], id="a"))) as page:
        waiting = held(page, "**/thread.html*%2Fone&*")
        go(page, newsroom)
        expect(page.locator("#a .wait")).to_be_visible()
        page.evaluate("(url) => document.querySelector('#a').setAttribute('page', url)", other[0])
        expect(page.get_by_text("The other thread.")).to_be_visible()
        with page.expect_response("**/thread.html*%2Fone&*"):
            waiting[0].continue_()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        expect(page.get_by_text("The other thread.")).to_be_visible()


def test_when_the_service_is_away_the_link_stays_and_the_reader_can_try_again(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    document = html(newsroom, embedded(one[0], failed="Das ging nicht. Noch einmal"))
    with hosted(browser, newsroom, document) as page:
        page.route("**/thread.html*", lambda route: route.abort())
        go(page, newsroom)
        expect(page.get_by_role("alert")).to_contain_text("Das ging nicht.")
        expect(page.get_by_role("link", name="Comments")).to_be_visible()
        page.unroute("**/thread.html*")
        page.get_by_role("button", name="Noch einmal").click()
        expect(page.locator("article")).to_have_count(2)
        expect(page.get_by_role("alert").filter(has_text="Das ging")).to_have_count(0)


@pytest.mark.parametrize("forgotten", ["script-src", "connect-src"])
def test_under_a_policy_that_forgets_the_service_the_link_stays(
    browser: Browser, newsroom: Newsroom, one: Thread, forgotten: str
) -> None:
    strict = httpx2.get(newsroom.english_url).headers["content-security-policy"]
    policy = re.sub(f"{forgotten} [^;]*; ", "", strict)
    with hosted(browser, newsroom, html(newsroom, embedded(one[0])), policy=policy) as page:
        go(page, newsroom)
        expect(page.get_by_role("link", name="Comments")).to_be_visible()
        if forgotten == "connect-src":
            expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_browser_without_constructable_sheets_keeps_the_link(
    browser: Browser, newsroom: Newsroom, one: Thread
) -> None:
    document = html(newsroom, embedded(one[0]))
    with hosted(
        browser, newsroom, document, policy="script-src *", script="delete window.CSSStyleSheet"
    ) as page:
        with page.expect_event("pageerror"):
            go(page, newsroom)
        expect(page.get_by_role("link", name="Comments")).to_be_visible()


def test_the_counts_of_a_front_page_come_in_one_request_and_in_words(
    browser: Browser, newsroom: Newsroom, one: Thread, other: Thread
) -> None:
    pages = [one[0], other[0], f"{newsroom.demo_url}/quiet", *(f"{newsroom.demo_url}/{n}" for n in range(37))]
    body = "".join(
        f'<p><comment-count site="demo" page="{page}">Comments</comment-count></p>' for page in pages
    )
    with hosted(browser, newsroom, html(newsroom, body)) as page:
        asked = reads(page)
        go(page, newsroom)
        counts = page.locator("comment-count")
        expect(counts.nth(2)).to_have_text("0 comments")
        assert counts.all_inner_texts()[:3] == ["2 comments", "1 comment", "0 comments"]
        assert len(asked) == 1
    with hosted(browser, newsroom, html(newsroom, body, lang="ur")) as page:
        go(page, newsroom)
        expect(page.locator("comment-count").first).to_have_text("2 تبصرے")
    with hosted(browser, newsroom, html(newsroom, body)) as page:
        page.route("**/counts*", lambda route: route.abort())
        go(page, newsroom)
        expect(page.locator("comment-count").first).to_have_text("Comments")
