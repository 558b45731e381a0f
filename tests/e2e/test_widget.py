"""The widget on the demo's articles, in a real browser, on two origins."""

import re
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.reading import ANSWERED, LANGUAGES, address, context, fill, pending_with, post, reading, thread


def test_a_comment_is_posted_from_the_article_and_waits(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        page.evaluate("addEventListener('cw:submitted', (event) => (window.told = event.detail.id))")
        fill(page, "First paragraph.\n\nSecond paragraph.")
        post(page)

        own = page.get_by_role("article").filter(has_text="First paragraph.")
        expect(own).to_contain_text("Awaiting moderation")
        expect(own).to_be_focused()
        expect(thread(page).get_by_role("status")).to_have_text("Your comment is awaiting moderation.")
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
        expect(page.get_by_role("textbox", name="Name")).to_have_value("Nadia")
        expect(page.get_by_role("textbox", name="Email")).to_have_value("nadia@example.com")
        (sent,) = pending_with(newsroom, "First paragraph.\r\n\r\nSecond paragraph.") or pending_with(
            newsroom, "First paragraph.\n\nSecond paragraph."
        )
        assert page.evaluate("window.told") == sent["id"]
        assert sent["page_title"] == page.title()
        assert sent["page_url"] == newsroom.english_url


def test_an_approved_comment_is_on_the_article_after_a_reload(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        fill(page, "Approve this one, please.")
        post(page)
        expect(thread(page)).to_contain_text("Approve this one, please.")
    with reading(browser, newsroom.english_url) as page:
        expect(thread(page).get_by_role("heading", name="comment").first).to_be_visible()
        expect(thread(page)).not_to_contain_text("Approve this one, please.")

        newsroom.approve_all()
        page.reload()
        shown = page.get_by_role("article").filter(has_text="Approve this one, please.")
        expect(shown).to_be_visible()
        expect(shown).not_to_contain_text("Awaiting moderation")


def test_a_reply_stands_under_its_parent_before_and_after_it_is_approved(
    browser: Browser, newsroom: Newsroom
) -> None:
    parent = newsroom.submit(text="Who rows the ferry?", name="Tomasz")
    newsroom.approve_all()
    with reading(browser, newsroom.english_url) as page:
        reply = page.locator(f"#comment-{parent}").get_by_role("link", name="Reply to Tomasz")
        reply.click()
        form = page.get_by_role("form", name="Reply to Tomasz")
        expect(form.get_by_role("textbox", name="Comment")).to_be_focused()
        form.get_by_role("button", name="Cancel reply").click()
        expect(reply).to_be_focused()
        expect(page.get_by_role("form", name="Leave a Reply")).to_be_visible()

        reply.click()
        fill(form, "My aunt does.")
        post(form)
        under = page.locator(f"li:has(> #comment-{parent}) > ol > li")
        expect(under).to_contain_text("My aunt does.")
        expect(under.get_by_role("article")).to_be_focused()
        expect(page.get_by_role("form", name="Leave a Reply")).to_be_visible()

        (sent,) = pending_with(newsroom, "My aunt does.")
        assert sent["parent_id"] == parent
        newsroom.approve_all()
        page.reload()
        expect(under).to_contain_text("My aunt does.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_is_said_at_each_field_and_is_gone_after_a_good_one(
    browser: Browser, newsroom: Newsroom, lang: str
) -> None:
    with reading(browser, address(newsroom, lang)) as page:
        fill(page, "", name="", email="nobody")
        post(page)
        wrong = page.locator("[aria-invalid=true]")
        expect(wrong).to_have_count(3)
        expect(wrong.first).to_be_focused()
        for name in ("text", "name", "email"):
            described = page.locator(f"#{name}").get_attribute("aria-describedby")
            expect(page.locator(f"#{described}")).to_have_text(re.compile(r"\S"))
        expect(thread(page).get_by_role("alert")).to_have_text(
            "3 fields need attention." if lang == "en" else "3 خانے توجہ چاہتے ہیں۔"
        )
        if lang == "ur":
            for sentence in page.locator("#form .error").all_inner_texts():
                assert re.search("[\u0600-\u06ff]", sentence)

        fill(page, f"Now it is right, in {lang}.")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Now it is right")).to_be_focused()
        expect(wrong).to_have_count(0)
        expect(page.locator("#form .error")).to_have_count(0)
        expect(thread(page).get_by_role("alert")).to_be_empty()


def test_a_double_click_makes_one_comment(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        fill(page, "Only once.")
        page.get_by_role("button", name="Post Comment").dblclick()
        expect(page.get_by_role("article").filter(has_text="Only once.")).to_have_count(1)
        expect(thread(page).get_by_role("status")).not_to_be_empty()
    assert len(pending_with(newsroom, "Only once.")) == 1


def _cut(route: Route) -> None:
    route.fetch()
    route.abort()


def _answer(status: int, body: str) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        headers = {"access-control-allow-origin": "*", "content-type": "application/problem+json"}
        route.fulfill(status=status, body=body, headers=headers)

    return answer


def test_a_lost_answer_keeps_the_text_and_sending_again_makes_no_second_comment(
    browser: Browser, newsroom: Newsroom
) -> None:
    with reading(browser, newsroom.english_url) as page:
        page.route("**/submissions", _cut, times=1)
        fill(page, "Was it heard?")
        post(page)
        expect(thread(page).get_by_role("alert")).to_contain_text("could not be sent")
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("Was it heard?")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Was it heard?")).to_be_focused()
    assert len(pending_with(newsroom, "Was it heard?")) == 1


def test_without_a_network_the_text_is_kept(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        fill(page, "From the tunnel.")
        page.context.set_offline(True)
        post(page)
        expect(thread(page).get_by_role("alert")).to_contain_text("You are offline")
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("From the tunnel.")
        page.context.set_offline(False)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (429, '{"code": "rate_limited", "detail": "No.", "retry_after": 20}', "Please wait 20 s, then send"),
        (409, '{"code": "said_before", "detail": "You said that already."}', "You said that already."),
        (503, '{"code": "unavailable", "detail": "Try again in a moment."}', "Try again in a moment."),
        (502, "<html>", "could not be sent"),
    ],
)
def test_a_refusal_is_said_and_the_text_is_kept(
    browser: Browser, newsroom: Newsroom, status: int, body: str, sentence: str
) -> None:
    with reading(browser, newsroom.english_url) as page:
        page.route("**/submissions", _answer(status, body))
        fill(page, "Keep me.")
        post(page)
        expect(thread(page).get_by_role("alert")).to_contain_text(sentence)
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("Keep me.")
        expect(page.get_by_role("button", name="Post Comment")).not_to_have_attribute("aria-disabled", "true")


def test_a_form_that_was_open_too_long_is_sent_again_by_itself(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        stale = '{"code": "form_expired", "form_token": "%s"}'
        with page.expect_response(re.compile("shape=fragment")) as fragment:
            page.reload()
        token = fragment.value.headers["x-form-token"]
        page.route("**/submissions", _answer(409, stale % token), times=1)
        fill(page, "Open since yesterday.")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Open since yesterday.")).to_be_focused()


def test_comments_load_page_by_page_in_place(browser: Browser, newsroom: Newsroom) -> None:
    url = f"{newsroom.demo_url}/many"
    ids = [newsroom.submit(text=f"Comment number {number}.", page=url) for number in range(52)]
    newsroom.approve_all()
    late = newsroom.submit(text="A late answer to the first.", page=url, parent=ids[0])
    newsroom.approve_all()

    article = httpx2.get(newsroom.english_url)
    html = article.text.replace(newsroom.english_url, url)

    with context(browser, **ANSWERED) as fresh:
        page = fresh.new_page()
        page.route(url, lambda route: route.fulfill(body=html, headers=dict(article.headers)))
        page.goto(url)
        expect(page.get_by_role("article").filter(has_text="Comment number")).to_have_count(49)
        expect(page.locator(f"li:has(> #comment-{ids[0]}) > ol #comment-{late}")).to_be_visible()
        page.get_by_role("link", name="More comments").click()
        expect(page.get_by_role("article").filter(has_text="Comment number")).to_have_count(52)
        expect(page.locator(f"#comment-{ids[49]}")).to_be_focused()
        expect(page.get_by_role("link", name="More comments")).to_have_count(0)


def test_a_comment_can_be_linked_to(browser: Browser, newsroom: Newsroom) -> None:
    comment = newsroom.submit(text="Link to me.")
    newsroom.approve_all()
    with reading(browser, f"{newsroom.english_url}#comment-{comment}") as page:
        expect(page.locator(f"#comment-{comment}")).to_be_focused()


def test_the_urdu_article_has_an_urdu_form_from_right_to_left(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.urdu_url) as page:
        inner = page.locator("comment-thread .thread")
        expect(inner).to_have_attribute("dir", "rtl")
        expect(inner).to_have_attribute("lang", "ur")
        expect(inner).to_have_css("direction", "rtl")
        expect(page.get_by_role("button", name="تبصرہ بھیجیں")).to_be_visible()
        expect(page.locator("#email")).to_have_css("direction", "ltr")
        size, line = inner.evaluate(
            "(node) => [getComputedStyle(node).fontSize, getComputedStyle(node).lineHeight].map(parseFloat)"
        )
        assert line / size >= 1.9


def test_when_the_service_is_away_the_link_stays(browser: Browser, newsroom: Newsroom) -> None:
    with context(browser) as fresh:
        page = fresh.new_page()
        page.route("**/thread.html*", lambda route: route.abort())
        page.goto(newsroom.english_url)
        expect(thread(page).get_by_role("link", name="Comments")).to_be_visible()
