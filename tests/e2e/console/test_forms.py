"""A moderator at work with plain forms: every page can do without a script."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Newsroom
from tests.e2e.console.conftest import sign_out


def card(page: Page, comment_id: str) -> str:
    """Where a comment is on the page."""
    return f"article[aria-labelledby='by-{comment_id}']"


def test_a_comment_is_approved_with_the_keyboard_and_the_approval_undone(
    signed_in: Page, newsroom: Newsroom
) -> None:
    newsroom.approve_all()
    comment_id = newsroom.submit(text="Mend it, please.", name="Zoë")
    signed_in.reload()
    approve = signed_in.locator(card(signed_in, comment_id)).get_by_role("button", name="Approve")
    approve.focus()
    signed_in.keyboard.press("Enter")

    notice = signed_in.get_by_role("status")
    expect(notice).to_contain_text("Approved the comment by Zoë.")
    expect(notice).to_be_focused()
    assert newsroom.pending() == []
    signed_in.keyboard.press("Tab")
    expect(notice.get_by_role("button", name="Undo")).to_be_focused()
    signed_in.keyboard.press("Enter")

    expect(notice).to_contain_text("it is pending again")
    assert [comment["id"] for comment in newsroom.pending()] == [comment_id]


def test_a_comment_is_rejected_with_a_reason_and_found_among_the_decided(
    signed_in: Page, newsroom: Newsroom
) -> None:
    comment_id = newsroom.submit(text="Buy my ferries.", name="Mallory")
    newsroom.submit(text="A word that stays.")
    signed_in.goto(f"{newsroom.console_url}?plain=1")
    article = signed_in.locator(card(signed_in, comment_id))
    article.locator("summary").click()
    article.get_by_label("Note for colleagues").fill("sells ferries")
    article.get_by_role("button", name="Off topic").click()
    expect(signed_in.get_by_role("status")).to_contain_text("Rejected the comment by Mallory as off topic.")

    signed_in.get_by_role("link", name="Decided").click()
    decided = signed_in.locator(card(signed_in, comment_id))
    expect(decided).to_contain_text("rejected it as off topic")
    expect(decided).to_contain_text("sells ferries")
    decided.get_by_role("button", name="Undo").click()
    expect(signed_in.get_by_role("status")).to_contain_text("it is pending again")


def test_who_is_slower_is_told_who_was_quicker(signed_in: Page, newsroom: Newsroom) -> None:
    comment_id = newsroom.submit(text="Decide me once.", name="Nora")
    signed_in.goto(f"{newsroom.console_url}/comments/{comment_id}")
    newsroom.approve_all()
    signed_in.get_by_role("button", name="Approve").click()

    expect(signed_in.get_by_role("status")).to_contain_text(
        re.compile(r"token \w+ approved this comment by Nora before you\. Nothing was changed\.")
    )


def test_signing_out_leads_to_the_form(signed_in: Page, newsroom: Newsroom) -> None:
    sign_out(signed_in)
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in.goto(newsroom.console_url)
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
