"""The form as sites and readers have it: what it asks, what it keeps, and what it does when it is refused."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.owning import change
from tests.e2e.reading import ANSWERED, context, fill, full_page, pending_with, post, reading, thread

USUAL: Final[dict[str, object]] = {
    "name_required": True,
    "email_required": True,
    "website_shown": True,
    "comment_first": True,
    "consent_text": None,
    "consent_url": None,
}


@contextmanager
def asking(newsroom: Newsroom, **changes: object) -> Iterator[None]:
    """Other settings of the site's form, in force before the block begins."""
    change(newsroom, **changes)
    _settled(newsroom, USUAL | changes)
    try:
        yield
    finally:
        change(newsroom, **USUAL)
        _settled(newsroom, USUAL)


def _settled(newsroom: Newsroom, asked: dict[str, object]) -> None:
    """Wait until the form is as the settings are: the service looks every two seconds."""
    fields = ["text", "name", "email", *(["website"] if asked["website_shown"] else [])]
    if not asked["comment_first"]:
        fields.append(fields.pop(0))
    needed = [name for name in fields if name == "text" or asked.get(f"{name}_required")]
    wanted = fields, needed, asked["consent_text"] is not None
    found: tuple[list[str], list[str], bool] | None = None
    deadline = time.monotonic() + 30
    while found != wanted:
        assert time.monotonic() < deadline, (found, wanted)
        html = httpx2.get(full_page(newsroom)).text
        shown = [name for name in re.findall(r'<(?:input|textarea) id="(\w+)"', html) if name in fields]
        required = [name for name in re.findall(r'id="(\w+)"[^>]* required', html) if name in fields]
        found = shown, required, 'id="consent"' in html


def order(page: Page) -> list[str]:
    """The visible fields as the keyboard meets them."""
    found: list[str] = page.locator("#form").evaluate(
        "(form) => [...form.elements].filter((field) => field.id && field.tabIndex >= 0 && field.name)"
        ".map((field) => field.name)"
    )
    return found


@pytest.mark.parametrize("scripted", [True, False])
def test_the_comment_comes_first_or_last_as_the_site_says(
    browser: Browser, newsroom: Newsroom, scripted: bool
) -> None:
    url = newsroom.english_url if scripted else full_page(newsroom)
    with context(browser) as fresh:
        page = fresh.new_page()
        page.goto(url)
        expect(page.locator("#form")).to_be_visible()
        assert order(page) == ["text", "name", "email", "website"]
        with asking(newsroom, comment_first=False, website_shown=False):
            page.reload()
            expect(page.locator("#form")).to_be_visible()
            assert order(page) == ["name", "email", "text"]
            # Errors are met in the order of the fields.
            post(page)
            expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
            if scripted:
                expect(page.locator("#name")).to_be_focused()
            else:
                assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == [
                    "Name",
                    "Email",
                    "Comment",
                ]


def test_what_is_optional_has_no_mark_and_may_be_left_out(browser: Browser, newsroom: Newsroom) -> None:
    with (
        asking(newsroom, name_required=False, email_required=False),
        reading(browser, newsroom.english_url) as page,
    ):
        marks = page.locator("label[for]:has(span)")
        expect(marks).to_have_text(["Comment *"])
        fill(page, "Nobody in particular.", name="", email="")
        post(page)
        own = page.get_by_role("article").filter(has_text="Nobody in particular.")
        expect(own).to_contain_text("Anonymous")
    assert len(pending_with(newsroom, "Nobody in particular.")) == 1


@pytest.mark.parametrize("scripted", [True, False])
def test_consent_is_asked_for_in_the_sites_own_words(
    browser: Browser, newsroom: Newsroom, scripted: bool
) -> None:
    words, link = "I have read the [rules of the house].", "https://news.example/rules"
    said = f"Consenting, {scripted}."
    with asking(newsroom, consent_text=words, consent_url=link), context(browser) as fresh:
        page = fresh.new_page()
        page.goto(newsroom.english_url if scripted else full_page(newsroom))
        box = page.get_by_role("checkbox", name="I have read the rules of the house.")
        expect(box).not_to_be_checked()
        expect(page.get_by_role("link", name="rules of the house")).to_have_attribute("href", link)
        fill(page, said)
        post(page)
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#consent-error")).to_have_text("Please tick this box.")
        expect(page.locator("#text")).to_have_value(said)
        assert violations(page) == []
        box.check()
        post(page)
        expect(page.get_by_role("status").filter(has_text="awaiting")).to_be_visible()
        expect(page.locator("#form .error")).to_have_count(0)
    assert len(pending_with(newsroom, said)) == 1


def test_a_draft_is_kept_for_each_place_until_it_is_sent(browser: Browser, newsroom: Newsroom) -> None:
    parent = newsroom.submit(text="Whose turn is it?", name="Olga")
    newsroom.approve_all()
    with reading(browser, newsroom.english_url) as page:
        box = page.locator("#text")
        box.fill("Half a thought")
        page.reload()
        expect(box).to_have_value("Half a thought")
        reply = page.locator(f"#comment-{parent}").get_by_role("link", name="Reply to Olga")
        reply.click()
        expect(box).to_have_value("")
        fill(page, "Mine, I think.")
        page.get_by_role("button", name="Cancel reply").click()
        expect(box).to_have_value("Half a thought")
        reply.click()
        expect(box).to_have_value("Mine, I think.")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Mine, I think.")).to_be_focused()
        expect(box).to_have_value("Half a thought")
        reply.click()
        expect(box).to_have_value("")
        assert page.evaluate("Object.keys(sessionStorage).length") == 1


def test_who_one_is_is_remembered_only_if_asked(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        box = page.get_by_role("checkbox", name="Save my name, email, and website")
        expect(box).not_to_be_checked()
        fill(page, "Forget me.")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Forget me.")).to_be_focused()
        page.reload()
        expect(page.locator("#email")).to_have_value("")

        fill(page, "Remember me.")
        box.check()
        post(page)
        expect(page.get_by_role("article").filter(has_text="Remember me.")).to_be_focused()
        page.reload()
        expect(page.locator("#email")).to_have_value("nadia@example.com")
        expect(page.locator("#name")).to_have_value("Nadia")
        expect(box).to_be_checked()

        page.locator("#text").fill("And forget me again.")
        box.uncheck()
        post(page)
        expect(page.get_by_role("article").filter(has_text="And forget me again.")).to_be_focused()
        page.reload()
        expect(page.locator("#email")).to_have_value("")
        assert "nadia@example.com" not in page.evaluate("JSON.stringify(localStorage)")


def test_saying_the_same_again_leads_to_where_it_was_said(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        for _ in range(2):
            fill(page, "I never repeat myself.")
            post(page)
            expect(page.locator("#status:not(:empty), #problem:not(:empty)").first).to_be_visible()
        said = thread(page).get_by_role("alert").get_by_role("link", name="You have said this here already.")
        expect(said).to_be_visible()
        expect(page.locator("#text")).to_have_value("I never repeat myself.")
        said.click()
        expect(page.get_by_role("article").filter(has_text="I never repeat myself.")).to_be_focused()
    assert len(pending_with(newsroom, "I never repeat myself.")) == 1


def test_a_form_made_for_wordpress_posts_from_a_page_as_it_is(browser: Browser, newsroom: Newsroom) -> None:
    """In a browser that says where it comes from by its origin alone, as browsers do."""
    action = f"{newsroom.service_url}/v1/sites/demo/wp-comments-post.php"
    form = (
        f'<!doctype html><title>A post</title><form id="commentform" method="post" action="{action}">'
        '<p><label for="comment">Comment</label><textarea id="comment" name="comment"></textarea>'
        '<p><label for="author">Name</label><input id="author" name="author">'
        '<p><label for="email">Email</label><input id="email" name="email">'
        '<p><label for="url">Website</label><input id="url" name="url">'
        '<input type="hidden" name="comment_post_ID" value="7">'
        '<input type="hidden" name="comment_parent" value="0">'
        '<button name="submit">Post Comment</button></form>'
    )
    article = f"{newsroom.demo_url}/?p=7"
    with context(browser, **ANSWERED) as fresh:
        page = fresh.new_page()
        page.route(
            f"{newsroom.demo_url}/*p=7*",
            lambda route: route.fulfill(body=form, headers={"content-type": "text/html"}),
        )
        page.goto(article)
        fill(page, "From an old theme.", email="nobody")
        post(page)
        expect(page.locator("#email-error")).to_be_visible()
        expect(page.locator("#text")).to_have_value("From an old theme.")

        page.goto(article)
        fill(page, "From an old theme.")
        post(page)
        page.wait_for_url(re.compile(r"\?p=7&unapproved=[0-9a-f-]+&moderation-hash=[^#]+#comment-"))
    (sent,) = pending_with(newsroom, "From an old theme.")
    assert sent["page_url"] == article
    assert quote(sent["id"]) in page.url
