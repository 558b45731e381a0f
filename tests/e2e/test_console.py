"""A moderator at work in a real browser, with the keyboard, on a phone and a desk, by day and by night."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom

LONG = "The quay is long, and the meeting about it was longer. " * 60
URDU = "پل کی مرمت میں تاخیر سے پورے شہر کو تکلیف ہو رہی ہے۔ https://casino.example دیکھیں"
# The page has no script of its own, so that this is the only way to hear of a violation.
LISTEN = "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test when the policy forbids something that it does."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        found = context.new_page()
        found.set_default_timeout(10_000)
        found.add_init_script(LISTEN)
        said: list[str] = []
        found.on("console", lambda message: said.append(message.text))
        yield found
        assert not [line for line in said if "CSP" in line or "Content Security Policy" in line]


@pytest.fixture
def signed_in(page: Page, newsroom: Newsroom) -> Page:
    """The queue, reached with the keyboard alone."""
    page.goto(newsroom.console_url)
    for key in ("Tab", "Tab", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(newsroom.moderator_name)
    page.keyboard.press("Tab")
    page.keyboard.type(newsroom.moderator_password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    return page


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
    signed_in.goto(newsroom.console_url)
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
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in.goto(newsroom.console_url)
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()


def crowded(newsroom: Newsroom) -> dict[str, str]:
    """A queue with everything that is hard to show; gives the pages to look at."""
    parent = newsroom.submit(text="The first word.", name="Dmitri")
    newsroom.approve_all()
    spam = newsroom.submit(
        text="https://a.example https://b.example shit \u202egpj.exe vi\u200bagra",
        name="Ana www.pills.example",
        website="https://anabeltran.example/" + "path" * 40,
        url2="bot",
    )
    newsroom.submit(text=URDU, name="بلال احمد")
    newsroom.submit(text=LONG, name="Long Winded", parent=parent)
    newsroom.submit(text="W" * 400, name="W" * 100, page=f"{newsroom.english_url}?{'q' * 300}")
    console = newsroom.console_url
    return {
        "queue": console,
        "notice": f"{console}?decided={parent}",
        "decided": f"{console}/decided",
        "comment": f"{console}/comments/{spam}",
        "failure": f"{console}/comments/nonsense",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits_its_screen(signed_in: Page, newsroom: Newsroom, scheme: str) -> None:
    pages = crowded(newsroom)
    signed_in.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for width in (1440, 360, 320):
        signed_in.set_viewport_size({"width": width, "height": 800})
        for name, url in pages.items():
            signed_in.goto(url)
            for summary in signed_in.locator("summary").all()[:1]:
                summary.click()
            check(signed_in, f"{name} {scheme} {width}")
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.get_by_label("Name").fill("nobody")
    signed_in.get_by_label("Password").fill("not the one")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("alert")).to_be_visible()
    for width in (1440, 360, 320):
        signed_in.set_viewport_size({"width": width, "height": 800})
        check(signed_in, f"sign-in {scheme} {width}")


def check(page: Page, where: str) -> None:
    """No violation of any rule of axe, and nothing wider than the screen, mirrored or not."""
    size = page.viewport_size
    if size and size["width"] > 320:
        assert violations(page) == [], where
    for direction in ("rtl", "ltr"):
        wider = page.evaluate(
            "dir => { document.documentElement.dir = dir;"
            " return document.documentElement.scrollWidth - innerWidth }",
            direction,
        )
        assert wider <= 0, f"{where} {direction}: {wider} px too wide"
