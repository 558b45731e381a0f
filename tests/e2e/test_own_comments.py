"""What authors see of their own comments and do to them, and what readers report: in a real browser."""

import re
from itertools import product
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.reading import (
    ANSWERED,
    LANGUAGES,
    address,
    context,
    fill,
    full_page,
    pending_with,
    post,
    reading,
    thread,
)

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def own(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def write(page: Page, text: str) -> Locator:
    """Post a comment and give its article."""
    fill(page, text)
    post(page)
    article = own(page, text)
    expect(article).to_be_focused()
    return article


def reject(newsroom: Newsroom, text: str) -> None:
    """Reject the pending comment that says this, as somebody who has decided nothing before."""
    [found] = pending_with(newsroom, text)
    body: dict[str, Any] = {"action": "reject", "version": found["version"], "reason": "abuse"}
    with newsroom.service.client(**newsroom.service.token("moderate")) as client:
        answer = client.post(f"/v1/comments/{found['id']}/decisions", json=body)
    assert answer.status_code == 201, answer.text


def test_an_own_comment_that_waits_survives_a_reload_and_nobody_else_sees_it(
    browser: Browser, newsroom: Newsroom
) -> None:
    with reading(browser, newsroom.english_url) as page:
        write(page, "Mine, and it waits.")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        page.reload()
        article = own(page, "Mine, and it waits.")
        expect(article).to_contain_text("Awaiting moderation")
        # What is closed shows its title and nothing else.
        expect(article.get_by_text("Withdraw", exact=True)).to_be_visible()
        expect(article.get_by_text("will be deleted for good")).to_be_hidden()
        assert [each for each in asked if each.startswith("OPTIONS")] == []
        [request] = [each for each in asked if each.endswith("/own")]
        kept = page.evaluate("Object.values(localStorage).join()")
        token = re.search(r'"(\d+\.[\w-]{22})"', kept)
        assert token
        assert token[1] not in " ".join(asked)
        assert request.startswith("POST")

        with reading(browser, newsroom.english_url) as other:
            expect(thread(other)).to_be_visible()
            expect(thread(other)).not_to_contain_text("Mine, and it waits.")
            assert other.evaluate("localStorage.length") == 0

        newsroom.approve_all()
        page.reload()
        expect(article).to_be_visible()
        expect(article).to_have_count(1)
        expect(article).not_to_contain_text("Awaiting moderation")


def test_an_author_changes_what_waits_and_what_was_published(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        article = write(page, "A comment with a slip.\n\nSecond paragraph.")
        article.get_by_text("Edit", exact=True).click()
        box = article.get_by_role("textbox", name="Comment")
        expect(box).to_have_value("A comment with a slip.\n\nSecond paragraph.")
        expect(article).to_contain_text("You can change it until")
        box.fill("   ")
        article.get_by_role("button", name="Save").click()
        expect(article.get_by_role("alert").first).to_have_text("Please write a comment.")
        box.fill("A comment without any.")
        article.get_by_role("button", name="Save").click()
        changed = own(page, "A comment without any.")
        expect(changed).to_be_focused()
        expect(changed).to_contain_text("Awaiting moderation")
        expect(thread(page).get_by_role("status").filter(has_text="Your change is saved.")).to_be_visible()
        expect(own(page, "with a slip")).to_have_count(0)

        newsroom.approve_all()
        page.reload()
        expect(changed).not_to_contain_text("Awaiting moderation")
        changed.get_by_text("Edit", exact=True).click()
        changed.get_by_role("textbox", name="Comment").fill("Changed once it was published.")
        changed.get_by_role("button", name="Save").click()
        expect(own(page, "Changed once it was published.")).to_contain_text("Awaiting moderation")
        with reading(browser, newsroom.english_url) as other:
            expect(thread(other)).not_to_contain_text("Changed once it was published.")
            expect(thread(other)).not_to_contain_text("A comment without any.")


def test_an_author_takes_a_comment_back_and_the_replies_stay(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        article = write(page, "I should not have said this.")
        newsroom.approve_all()
        comment_id = (article.get_attribute("id") or "").removeprefix("comment-")
        newsroom.submit(text="But you did.", parent=comment_id)
        newsroom.approve_all()
        page.reload()
        expect(own(page, "But you did.")).to_be_visible()
        article.get_by_text("Withdraw", exact=True).click()
        expect(article).to_contain_text("will be deleted for good")
        article.get_by_role("button", name="Delete my comment").click()
        gone = page.locator(f"#comment-{comment_id}")
        expect(gone).to_have_text("[comment removed]")
        expect(gone).to_be_focused()
        assert page.evaluate("Object.values(localStorage).join()") == "[]"
        for there in (newsroom.english_url, full_page(newsroom)):
            with reading(browser, there) as other:
                removed = other.locator(f"li:has(> #comment-{comment_id})")
                expect(removed.get_by_text("[comment removed]")).to_be_visible()
                expect(removed).to_contain_text("But you did.")
                expect(removed).not_to_contain_text("I should not")


def test_what_was_not_published_is_said_so_and_looked_at_once_more(
    browser: Browser, newsroom: Newsroom
) -> None:
    with reading(browser, newsroom.english_url) as page:
        write(page, "Somebody will reject this.")
        reject(newsroom, "Somebody will reject this.")
        page.reload()
        article = own(page, "Somebody will reject this.")
        expect(article).to_contain_text("Not published")
        expect(article).not_to_contain_text(re.compile("abuse", re.IGNORECASE))
        article.get_by_text("Ask for a second look").click()
        article.get_by_role("button", name="Ask", exact=True).click()
        expect(article).to_contain_text("Awaiting moderation")
        expect(article).to_be_focused()
        reject(newsroom, "Somebody will reject this.")
        page.reload()
        expect(article).to_contain_text("Not published")
        expect(article.get_by_text("Ask for a second look")).to_have_count(0)


def test_a_reader_reports_a_comment_in_its_place(browser: Browser, newsroom: Newsroom) -> None:
    comment_id = newsroom.submit(text="Report me, please.", name="Loud")
    newsroom.approve_all()
    with reading(browser, newsroom.english_url) as page:
        opened_at = page.evaluate("performance.now()")
        article = page.locator(f"#comment-{comment_id}")
        link = article.get_by_role("link", name="Report the comment by Loud")
        link.click()
        form = page.get_by_role("form", name="Report this comment")
        reason = form.get_by_role("combobox")
        expect(reason).to_be_focused()
        form.get_by_role("button", name="Cancel").click()
        expect(form).to_be_hidden()
        expect(link).to_be_focused()
        # The form for reports stays below this comment; a reply is called off by its own button all the same.
        article.get_by_role("link", name="Reply to Loud").click()
        page.get_by_role("button", name="Cancel reply").click()
        expect(page.get_by_role("button", name="Cancel reply")).to_be_hidden()

        link.click()
        reason.select_option("abuse")
        form.get_by_role("textbox").fill("It shouts.")
        # Who reports sooner than a person can is taken for a program.
        while page.evaluate("performance.now()") < opened_at + 1_100:
            page.wait_for_timeout(100)
        form.get_by_role("button", name="Send report").click()
        thanks = article.get_by_text("Thank you. A moderator will look at it.")
        expect(thanks).to_be_focused()
        expect(form).to_be_hidden()
    with newsroom.service.client(**newsroom.headers) as client:
        found = client.get("/v1/reports").json()["comments"]
    assert [(each["reasons"], each["notes"]) for each in found if each["comment"]["id"] == comment_id] == [
        ({"abuse": 1}, ["It shouts."])
    ]


def test_without_javascript_a_comment_waits_on_the_page_and_others_can_be_reported(
    browser: Browser, newsroom: Newsroom
) -> None:
    comment_id = newsroom.submit(text="Report me without script.", name="Loud")
    newsroom.approve_all()
    with reading(browser, full_page(newsroom), java_script_enabled=False) as page:
        fill(page, "Mine, without script.")
        post(page)
        expect(own(page, "Mine, without script.")).to_contain_text("Awaiting moderation")
        page.locator(f"#comment-{comment_id}").get_by_role("link", name="Report").click()
        form = page.get_by_role("form", name="Report this comment")
        expect(form).to_be_visible()
        form.get_by_role("combobox").select_option("spam")
        form.get_by_role("button", name="Send report").click()
        expect(page.get_by_role("status")).to_have_text("Thank you. A moderator will look at it.")


def opened(page: Page, waits: str, shown: str) -> None:
    """Everything open at once: an edit, a withdrawal and a report."""
    article = own(page, waits)
    article.locator("summary").first.click()
    own(page, shown).locator("summary").last.click()
    page.locator("a[data-report]").first.click()
    expect(page.locator("#report")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_any_of_it_and_nothing_sticks_out(
    browser: Browser, newsroom: Newsroom, lang: str
) -> None:
    url = address(newsroom, lang)
    newsroom.submit(text="A neighbour's.", page=url)
    newsroom.approve_all()
    with reading(browser, url) as page:
        write(page, "Published and mine.")
        newsroom.approve_all()
        write(page, "Rejected and mine.")
        reject(newsroom, "Rejected and mine.")
        write(page, "Waits and is mine.")
        for width, scheme in product((360, 1440), SCHEMES):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.reload()
            expect(own(page, "Waits and is mine.")).to_be_visible()
            assert violations(page) == [], (width, scheme)
            opened(page, "Waits and is mine.", "Published and mine.")
            own(page, "Rejected and mine.").locator("summary").first.click()
            assert violations(page) == [], (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            small = page.locator("comment-thread summary, comment-thread select").evaluate_all(
                "(nodes) => nodes.filter((node) => node.getBoundingClientRect().height < 24).length"
            )
            assert small == 0


@pytest.mark.parametrize("has_set_html", [True, False])
def test_the_strictest_policy_stops_no_act_either(
    browser: Browser, newsroom: Newsroom, has_set_html: bool
) -> None:
    def stricter(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].partition("require-trusted-types")[0]
        names = "'none'" if has_set_html else "comment-thread"
        strict = f"require-trusted-types-for 'script'; trusted-types {names}"
        headers = {**response.headers, "content-security-policy": policy + strict}
        route.fulfill(response=response, headers=headers)

    words = f"Under the strictest policy, {has_set_html}."
    with context(browser, **ANSWERED) as fresh:
        page, trouble = fresh.new_page(), list[str]()
        page.on("console", lambda said: trouble.append(said.text) if "violates" in said.text else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.route(newsroom.english_url, stricter)
        if not has_set_html:
            page.add_init_script("delete Element.prototype.setHTML")
        page.goto(newsroom.english_url)
        write(page, words)
        page.reload()
        article = own(page, words)
        article.get_by_text("Edit", exact=True).click()
        article.get_by_role("textbox").fill(f"{words} Changed.")
        article.get_by_role("button", name="Save").click()
        expect(own(page, f"{words} Changed.")).to_be_focused()
        article.get_by_text("Withdraw", exact=True).click()
        article.get_by_role("button", name="Delete my comment").click()
        expect(page.get_by_text("[comment removed]").last).to_be_visible()
        assert trouble == []
