"""The triage view on many at once, on campaigns, and with keys of one's own."""

import json

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.axe import violations
from tests.e2e.console.desk import Desk, names, saved, under

ADVERT = (
    "Buy the best harbour tickets of the season at https://tickets{}.example before Friday, dear friends."
)


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """A signed-in browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def prefer(page: Page, desk: Desk, **chosen: object) -> None:
    """What the page of keys keeps."""
    headers = {"Content-Type": "application/json", "Origin": desk.service.url}
    kept = page.request.put(f"{desk.service.url}/v1/me/preferences", data=json.dumps(chosen), headers=headers)
    assert kept.ok, kept.text()


def test_twenty_in_a_row_are_approved_with_twenty_one_keys_and_taken_back_with_one(
    desk: Desk, triage: Page
) -> None:
    desk.fill(24)
    desk.open(triage)
    press(triage, "x", *["Shift+J"] * 19, "Shift+A")
    saved(triage)
    assert under(triage) == "Reader 21"
    assert sorted(desk.stored(20)) == sorted(f"Reader {number}: approve" for number in range(1, 21))
    press(triage, "z")
    saved(triage)
    assert under(triage) == "Reader 1"
    assert sorted(desk.stored(20)) == sorted(f"Reader {number}: undo" for number in range(1, 21))


def test_everything_is_rejected_with_the_same_key_twice_but_what_a_colleague_approved(
    desk: Desk, triage: Page
) -> None:
    desk.fill(29)
    [last] = desk.submit("Zoë was quicker.")
    triage.route("**/v1/events", lambda route: route.abort())
    desk.open(triage)
    desk.decide(last, "approve")
    press(triage, "Control+a", "Shift+R")
    expect(triage.locator("#asking")).to_contain_text("Reject 30 comments?")
    press(triage, "Shift+R")
    saved(triage)
    assert names(triage) == ["Zoë"]
    expect(triage.locator("#whole")).to_contain_text("approved it")
    assert desk.comment(last)["status"] == "approved"
    assert len([each for each in desk.stored(30) if each.endswith("reject other")]) == 29


def test_a_campaign_takes_five_keys_and_one_to_take_it_back(desk: Desk, triage: Page) -> None:
    ids = desk.submit(*(ADVERT.format(number) for number in range(412)))
    desk.open(triage)
    press(triage, "g", "c")
    expect(triage.locator("#list [role=option]")).to_have_count(1)
    expect(triage.locator("#who")).to_have_text("412 comments alike")
    press(triage, "Enter", "Shift+S")
    expect(triage.get_by_role("alert")).to_contain_text("Reject 412 comments?")
    late = desk.submit(ADVERT.format("late"))[0]
    press(triage, "Shift+S")
    saved(triage)
    assert {desk.comment(each)["status"] for each in ids} == {"rejected"}
    assert desk.comment(late)["status"] == "pending"

    press(triage, "z")
    saved(triage)
    assert {desk.comment(each)["status"] for each in ids} == {"pending"}
    press(triage, "g", "q")
    expect(triage.get_by_role("listbox", name="Queue")).to_be_focused()


def test_a_small_question_is_dropped_with_escape_or_another_key(desk: Desk, triage: Page) -> None:
    desk.submit(*(ADVERT.format(number) for number in range(4)))
    desk.open(triage)
    press(triage, "g", "c")
    expect(triage.locator("#who")).to_have_text("4 comments alike")
    for other in ("Escape", "j"):
        press(triage, "Shift+S")
        expect(triage.locator("#asking")).to_contain_text("Reject 4 comments?")
        press(triage, other)
        expect(triage.locator("#asking")).to_be_hidden()
    assert desk.comment(desk.submit("One more.")[0])["status"] == "pending"


def test_a_palette_finds_commands_by_a_few_letters(desk: Desk, triage: Page) -> None:
    desk.fill(3)
    desk.open(triage)
    press(triage, "Control+k")
    triage.keyboard.type("dar")
    press(triage, "Enter")
    expect(triage.locator("html")).to_have_attribute("data-theme", "dark")
    press(triage, "Control+k")
    triage.keyboard.type("decid")
    press(triage, "Enter")
    expect(triage.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
    expect(triage.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_of_ones_own_and_none_at_all(desk: Desk, triage: Page) -> None:
    desk.fill(4)
    prefer(triage, desk, keys={"preset": "coral", "spam": "y"})
    desk.open(triage)
    press(triage, "f", "y", "d")
    saved(triage)
    assert desk.stored(3) == ["Reader 1: approve", "Reader 2: reject spam", "Reader 3: reject spam"]
    expect(triage.get_by_role("button", name="Spam")).to_have_attribute("aria-keyshortcuts", "y")

    prefer(triage, desk, shortcuts=False)
    desk.open(triage)
    press(triage, "a", "f", "z", "?", "g", "c")
    assert under(triage) == "Reader 4"
    expect(triage.locator("dialog")).to_have_count(0)
    triage.get_by_role("button", name="Approve").click()
    saved(triage)
    assert desk.stored(1) == ["Reader 4: approve"]
    prefer(triage, desk)


@pytest.mark.parametrize(("theme", "lang"), [("light", "en"), ("dark", "ur")])
def test_every_state_passes_axe(
    desk: Desk, triage: Page, context: BrowserContext, theme: str, lang: str
) -> None:
    looks = f"{theme}.{lang}"
    context.add_cookies([{"name": "greenroom-looks", "value": looks, "url": f"{desk.service.url}/console"}])
    first = desk.submit(*(f"Reader says shit {number} \u202e https://a.example" for number in range(30)))[0]
    triage.route("**/v1/events", lambda route: route.abort())
    desk.open(triage)
    states = {
        "begun": (),
        "moved": ("j", "n"),
        "selected": ("x", "Shift+J"),
        "reasons": ("Escape", "Shift+R"),
        "beside": ("Escape", "t"),
        "palette": ("Control+k",),
        "sheet": ("Escape", "?"),
        "campaigns": ("Escape", "g", "c", "Enter"),
        "asked": ("Shift+S",),
    }
    for width in (1440, 360):
        triage.set_viewport_size({"width": width, "height": 800})
        for state, keys in states.items():
            press(triage, *keys)
            assert violations(triage) == [], f"{state} {width}"
        press(triage, "Escape", "Escape", "Escape")
    desk.decide(first, "approve")
    triage.set_viewport_size({"width": 1440, "height": 800})
    desk.open(triage)
    desk.decide(desk.submit("Late again.")[0], "approve")
    assert violations(triage) == []
    assert names(triage)
