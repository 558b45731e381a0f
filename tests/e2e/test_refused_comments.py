"""What the form says when it refuses, where it says it, and what it says before it has to."""

from typing import Final

import pytest
from playwright.sync_api import Browser, Route, expect

from service.web.drawing import catalogues
from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.hosting import fresh_page, hosted
from tests.e2e.publishing import held
from tests.e2e.reading import fill, full_page, post, reading, thread

WORDS: Final = catalogues.load()
PHONE: Final = {"width": 360, "height": 740}


def test_how_many_fields_are_wrong_is_said_anew_each_time(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        alert, wrong = page.locator("#problem"), page.locator("[aria-invalid=true]")
        for field, value, sentence in (
            ("text", "Getting there.", "3 fields need attention."),
            ("name", "Nadia", "2 fields need attention."),
            ("email", "nadia@example.com", "1 field needs attention."),
        ):
            post(page)
            expect(alert).to_have_text(sentence)
            expect(wrong.first).to_be_focused()
            expect(wrong.first).to_have_id(field)
            page.locator(f"#{field}").fill(value)
        post(page)
        expect(page.get_by_role("article").filter(has_text="Getting there.")).to_be_focused()
        expect(alert).to_be_empty()
        expect(wrong).to_have_count(0)


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_it_is_said_in_the_plural_of_each_language(browser: Browser, newsroom: Newsroom, lang: str) -> None:
    with hosted(browser, newsroom, newsroom.english_url, written={"lang": lang}) as page:
        for number, field in ((3, "text"), (2, "name"), (1, "email")):
            page.locator(".submit").click()
            expect(page.locator("#problem")).to_have_text(str(WORDS[lang].count("says.attention", number)))
            page.locator(f"#{field}").fill("nadia@example.com")


@pytest.mark.parametrize("scripted", [True, False])
def test_an_error_has_a_sign_beside_its_colour(browser: Browser, newsroom: Newsroom, scripted: bool) -> None:
    url = newsroom.english_url if scripted else full_page(newsroom)
    with reading(browser, url, java_script_enabled=scripted) as page:
        post(page)
        errors = page.locator("#form .error")
        expect(errors).to_have_count(3)
        for error in errors.all():
            # Shown, and not read out.
            assert error.evaluate("node => getComputedStyle(node, '::before').content") == '"⚠ " / ""'
            expect(error).to_have_accessible_name("")
        if scripted:
            assert violations(page) == []


def test_a_refusal_stands_above_the_button_that_was_pressed_and_in_sight(
    browser: Browser, newsroom: Newsroom
) -> None:
    with reading(browser, newsroom.english_url, viewport=PHONE) as page:
        fill(page, "From the tunnel.\n" * 12)
        page.context.set_offline(True)
        post(page)
        alert, button = page.locator("#problem"), page.locator(".submit")
        expect(alert).to_contain_text("You are offline")
        expect(alert).to_be_in_viewport(ratio=1)
        expect(button).to_be_focused()
        above, below = alert.bounding_box(), button.bounding_box()
        assert above is not None
        assert below is not None
        assert 0 <= below["y"] - above["y"] - above["height"] <= 24
        page.context.set_offline(False)


def test_where_the_reasons_cannot_be_fetched_the_text_is_kept_all_the_same(
    browser: Browser, newsroom: Newsroom
) -> None:
    with reading(browser, newsroom.english_url) as page:
        page.route("**/cw/1/refusal.js", lambda route: route.abort())
        fill(page, "Keep me.", email="nobody")
        post(page)
        expect(thread(page).get_by_role("alert")).to_contain_text("could not be sent")
        expect(page.locator("#text")).to_have_value("Keep me.")


def test_the_button_is_as_wide_while_it_sends(browser: Browser, newsroom: Newsroom) -> None:
    with reading(browser, newsroom.english_url) as page:
        waiting: list[Route] = held(page, "**/submissions")
        button = page.locator(".submit")
        before = button.bounding_box()
        fill(page, "Slowly.")
        post(page)
        expect(button).to_have_text("Sending…")
        expect(button).to_have_attribute("aria-disabled", "true")
        sending = button.bounding_box()
        assert before is not None
        assert sending is not None
        assert sending["width"] == pytest.approx(before["width"], abs=0.1)
        waiting[0].continue_()
        expect(page.get_by_role("article").filter(has_text="Slowly.")).to_be_focused()
        assert button.get_attribute("style") == ""


def test_who_comes_near_the_limit_is_shown_how_near_and_nothing_is_cut(
    browser: Browser, newsroom: Newsroom
) -> None:
    with hosted(browser, newsroom, fresh_page(newsroom)) as page:
        box, seen = page.locator("#text"), page.locator("#text ~ p[aria-hidden]")
        spoken = page.locator("#text ~ [role=status]")
        box.fill("x" * 7_999)
        expect(seen).to_have_count(0)
        box.press_sequentially("y")
        expect(seen).to_have_text("8,000 / 10,000")
        expect(spoken).to_have_text("8,000 / 10,000")
        # Spoken every hundred characters, and when the limit is crossed.
        box.press_sequentially("yy")
        expect(seen).to_have_text("8,002 / 10,000")
        expect(spoken).to_have_text("8,001 / 10,000")
        box.fill("🐟" * 5_000 + "x" * 5_120)
        expect(seen).to_have_text("10,120 / 10,000")
        expect(spoken).to_have_text("10,120 / 10,000")
        expect(seen).to_have_class("error")
        assert violations(page) == []
        page.locator("#name").fill("Nadia")
        page.locator("#email").fill("nadia@example.com")
        post(page)
        expect(page.locator("#text-error")).to_contain_text("A comment may have 10,000 characters")
        assert len(box.input_value()) == 10_120
        # What the browser cuts by its own count is still too long to be taken.
        box.fill("🐟" * 10_120)
        post(page)
        expect(page.locator("#text-error")).to_be_visible()
        expect(page.locator("#problem")).to_have_text("1 field needs attention.")
        box.fill("Shorter.")
        expect(seen).to_be_empty()
        post(page)
        expect(page.get_by_role("article").filter(has_text="Shorter.")).to_be_focused()


def test_a_long_draft_is_counted_when_it_comes_back(browser: Browser, newsroom: Newsroom) -> None:
    with hosted(browser, newsroom, fresh_page(newsroom)) as page:
        page.locator("#text").fill("x" * 9_000)
        page.reload()
        expect(page.locator("#text ~ p[aria-hidden]")).to_have_text("9,000 / 10,000")
