"""The list: long threads page by page, in either order, from any comment on, with script and without."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.publishing import Said, embedded, go, hosted, html, publish, thread_html
from tests.e2e.reading import context, fill, post


def articles(page: Page) -> int:
    return page.locator("article").count()


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


@pytest.fixture(scope="module")
def long(newsroom: Newsroom) -> tuple[str, list[str]]:
    """A thousand comments, each tenth a reply to the one before it."""
    said = [
        Said(f"Comment {number} of a long thread.", under=number - 1 if number % 10 == 9 else None)
        for number in range(1_000)
    ]
    return publish(newsroom, "a-thousand", said)


def test_a_thousand_comments_are_read_page_by_page(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    url, ids = long
    with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
        go(page, newsroom)
        more = page.get_by_role("link", name="More comments")
        for read in range(50, 1_000, 50):
            expect(page.locator("article")).to_have_count(read)
            more.click()
            expect(page.locator(f"#comment-{ids[read]}")).to_be_focused()
        expect(page.locator("article")).to_have_count(1_000)
        expect(more).to_have_count(0)
        shown = page.locator("article").evaluate_all("(nodes) => nodes.map((node) => node.id.slice(8))")
        assert shown == ids
        # Only what is in sight, and a little around it, is laid out.
        page.wait_for_function("""() => {
          const items = [...document.querySelector("comment-thread").shadowRoot.querySelectorAll("article")];
          const drawn = items.filter((item) => item.checkVisibility({ contentVisibilityAuto: true }));
          return drawn.length > 0 && drawn.length < items.length / 10;
        }""")


def test_what_stands_above_the_link_to_more_does_not_move_under_the_pointer(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    """A click is lost when the link moves between the press and the release."""
    url, _ = long
    with context(browser, java_script_enabled=False) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        drawn = page.locator(".list > li").evaluate_all("""(items) => items.map(
          (item) => item.firstElementChild.checkVisibility({ contentVisibilityAuto: true })
        )""")
        assert all(drawn[-8:])
        assert not all(drawn[8:-8])


def test_the_newest_come_first_if_the_site_or_the_reader_wants_it(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    url, ids = long
    with hosted(browser, newsroom, html(newsroom, embedded(url, sort="newest"))) as page:
        go(page, newsroom)
        top = page.locator(".list > li > article").first
        expect(top).to_have_id(f"comment-{ids[998]}")
        expect(page.locator(f"li:has(> #comment-{ids[998]}) > ol #comment-{ids[999]}")).to_be_visible()
        fill(page, "Mine, on top.")
        post(page)
        expect(top).to_contain_text("Mine, on top.")

        page.get_by_role("link", name="Oldest first").click()
        expect(top).to_have_id(f"comment-{ids[0]}")
        expect(page.get_by_role("heading", name="1,000 comments")).to_be_focused()
        expect(page.get_by_role("article").filter(has_text="Mine, on top.")).to_have_count(1)
        page.get_by_role("link", name="Newest first").click()
        expect(top).to_contain_text("Mine, on top.")


def test_a_link_to_a_comment_on_a_later_page_leads_there_in_one_request(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    url, ids = long
    with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
        asked: list[str] = []
        page.on(
            "request", lambda request: asked.append(request.url) if "thread.html" in request.url else None
        )
        go(page, newsroom, f"hosted#comment-{ids[333]}")
        expect(page.locator(f"#comment-{ids[333]}")).to_be_focused()
        expect(page.locator(f"#comment-{ids[333]}")).to_be_in_viewport()
        assert len(asked) == 1

        page.evaluate(f"location.hash = 'comment-{ids[700]}'")
        expect(page.locator(f"#comment-{ids[700]}")).to_be_focused()
        page.evaluate(f"location.hash = 'comment-{ids[701]}'")
        expect(page.locator(f"#comment-{ids[701]}")).to_be_focused()
        assert len(asked) == 2
        page.get_by_role("link", name="Start from the first comment").click()
        expect(page.locator("article").first).to_have_id(f"comment-{ids[0]}")


def test_a_link_to_a_comment_that_is_not_there_shows_the_thread(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    url, ids = long
    with hosted(browser, newsroom, html(newsroom, embedded(url))) as page:
        go(page, newsroom, "hosted#comment-019f0000-0000-7000-8000-000000000000")
        expect(page.locator("article").first).to_have_id(f"comment-{ids[0]}")


def test_without_script_a_thread_is_read_sorted_and_entered_at_a_comment(
    browser: Browser, newsroom: Newsroom, long: tuple[str, list[str]]
) -> None:
    url, ids = long
    with context(browser, java_script_enabled=False) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        assert articles(page) == 50
        page.get_by_role("link", name="More comments").click()
        expect(page.locator("article").first).to_have_id(f"comment-{ids[50]}")
        page.get_by_role("link", name="Start from the first comment").click()
        expect(page.locator("article").first).to_have_id(f"comment-{ids[0]}")
        page.get_by_role("link", name="Newest first").click()
        expect(page.locator("article").first).to_have_id(f"comment-{ids[998]}")
        page.get_by_role("link", name="More comments").click()
        expect(page.locator("article").first).to_have_id(f"comment-{ids[948]}")
        fill(page, "Written without script, far down.")
        post(page)
        expect(page.get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(page.get_by_role("article").first).to_contain_text("Awaiting moderation")

        page.goto(thread_html(newsroom, url, around=ids[333]) + f"#comment-{ids[333]}")
        expect(page.locator(f"#comment-{ids[333]}")).to_be_in_viewport()
        assert articles(page) == 50


@pytest.mark.parametrize("script", [True, False])
def test_a_long_text_is_cut_until_its_reader_wants_the_rest(
    browser: Browser, newsroom: Newsroom, script: bool
) -> None:
    said = [Said("A word or two. " * 200), Said("Line\n" * 30), Said("Short.")]
    url, ids = publish(newsroom, f"long-texts-{script}", said)
    with context(browser, java_script_enabled=script) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        expect(page.get_by_text("Read more")).to_have_count(2)
        article = page.locator(f"#comment-{ids[0]}")
        text = article.locator(".text")
        cut = height(text)
        button = article.get_by_text("Read more")
        button.click()
        whole = height(text)
        assert cut < whole
        button.click()
        assert height(text) == cut
        page.emulate_media(media="print")
        expect(page.locator("#form")).to_be_hidden()
        expect(button).to_be_hidden()
        assert height(text) > cut


def test_axe_finds_nothing_in_a_thread_of_which_most_is_out_of_sight(
    browser: Browser, newsroom: Newsroom
) -> None:
    """Each comment and its replies are higher than what is assumed of a comment that is not laid out."""
    said = [Said("Words and words. " * 40, under=number - 1 if number % 2 else None) for number in range(50)]
    url, _ = publish(newsroom, "out-of-sight", said)
    phone: Any = {"viewport": {"width": 390, "height": 800}}
    article = f"<main><h1>Words</h1>{embedded(url)}</main>"
    with hosted(browser, newsroom, html(newsroom, article), **phone) as page:
        go(page, newsroom)
        expect(page.locator("article")).to_have_count(50)
        assert violations(page) == []
    with context(browser, **phone) as fresh:
        page = fresh.new_page()
        page.goto(thread_html(newsroom, url))
        expect(page.locator("article")).to_have_count(50)
        assert violations(page) == []
