"""The triage view: a key for each comment, a key for each undo, everything stored, nothing lost."""

from itertools import groupby

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.console.desk import Desk, names, saved, under


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """A signed-in browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


def send(page: Page, options: str) -> None:
    """A key that the driver's own keyboard does not have."""
    page.evaluate(
        f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, {options}}}))"
    )


def test_fifty_keys_decide_fifty_comments_and_fifty_more_take_them_back(desk: Desk, triage: Page) -> None:
    desk.fill(60)
    desk.open(triage)
    meant = [("a", "approve"), ("r", "reject spam"), ("s", "reject spam")]
    expected = []
    for number in range(1, 51):
        key, action = meant[number % 3]
        expected.append(f"Reader {number}: {action}")
        triage.keyboard.press(key)
    saved(triage)
    assert under(triage) == "Reader 51"
    assert desk.stored(50) == expected

    for _ in range(50):
        triage.keyboard.press("z")
    saved(triage)
    assert under(triage) == "Reader 1"
    assert desk.stored(50) == [f"Reader {number}: undo" for number in range(50, 0, -1)]
    assert names(triage)[:3] == ["Reader 1", "Reader 2", "Reader 3"]


def test_a_hundred_thousand_comments_are_a_short_list(desk: Desk, triage: Page) -> None:
    desk.fill(100_000)
    desk.open(triage)
    # At the end of what is loaded a key waits for the next page, and moves nothing.
    for _ in range(300):
        if under(triage) == "Reader 61":
            break
        triage.keyboard.press("j")
    assert under(triage) == "Reader 61"
    row = triage.locator("#list [aria-selected=true]")
    expect(row).to_have_attribute("aria-posinset", "61")
    expect(row).to_have_attribute("aria-setsize", "-1")
    expect(triage.get_by_role("listbox", name="Queue")).to_have_attribute(
        "aria-activedescendant", row.get_attribute("id") or ""
    )
    assert triage.locator("#list *").count() <= 400
    triage.locator("#list").evaluate("list => list.scrollTop = 1e9")
    places = triage.locator("#list [role=option]").evaluate_all(
        "rows => rows.map(row => Number(row.getAttribute('aria-posinset')))"
    )
    assert places == list(range(places[0], places[0] + len(places)))
    assert triage.locator("#list *").count() <= 400


def test_a_held_key_decides_once_and_still_moves(desk: Desk, triage: Page) -> None:
    desk.fill(9)
    desk.open(triage)
    triage.keyboard.down("a")
    for _ in range(5):
        triage.keyboard.down("a")
    triage.keyboard.up("a")
    assert under(triage) == "Reader 2"
    triage.keyboard.down("j")
    for _ in range(3):
        triage.keyboard.down("j")
    triage.keyboard.up("j")
    assert under(triage) == "Reader 6"


def test_keys_of_fields_of_compositions_and_of_the_browser_are_left_alone(desk: Desk, triage: Page) -> None:
    desk.fill(3)
    desk.open(triage)
    send(triage, "key: 'a', code: 'KeyA', isComposing: true")
    send(triage, "key: 'a', code: 'KeyA', ctrlKey: true, shiftKey: true")
    send(triage, "key: 'a', code: 'KeyA', altKey: true")
    send(triage, "key: 'Process', code: 'KeyA', keyCode: 229")
    triage.keyboard.press("Shift+R")
    triage.get_by_label("Note for colleagues").fill("")
    triage.get_by_label("Note for colleagues").press_sequentially("as is 1")
    assert under(triage) == "Reader 1"
    triage.keyboard.press("Escape")
    expect(triage.get_by_label("Note for colleagues")).to_have_count(0)


def test_an_urdu_keyboard_decides_by_the_place_of_the_key(desk: Desk, triage: Page) -> None:
    desk.fill(3)
    desk.open(triage)
    send(triage, "key: 'ا', code: 'KeyA'")
    assert under(triage) == "Reader 2"
    saved(triage)
    assert desk.stored(1) == ["Reader 1: approve"]


def test_a_reason_takes_two_keys_and_may_have_a_note(desk: Desk, triage: Page) -> None:
    [first, *_] = desk.submit("Zoë sells ferries.", "Bilal does not.")
    desk.open(triage)
    triage.keyboard.press("Shift+R")
    triage.keyboard.press("3")
    saved(triage)
    assert desk.stored(1) == ["Zoë: reject off_topic"]
    triage.keyboard.press("z")
    triage.keyboard.press("Shift+R")
    triage.get_by_label("Note for colleagues").fill("sells ferries")
    triage.get_by_role("button", name="Abuse").click()
    saved(triage)
    assert desk.comment(first)["decisions"][-1]["note"] == "sells ferries"


def test_what_is_left_for_later_comes_back(desk: Desk, triage: Page) -> None:
    desk.fill(2)
    desk.open(triage)
    triage.keyboard.press("l")
    assert under(triage) == "Reader 2"
    triage.keyboard.press("a")
    expect(triage.get_by_role("heading", name="Queue clear.")).to_be_focused()
    triage.get_by_role("button", name="Bring back 1").click()
    assert under(triage) == "Reader 1"
    saved(triage)
    assert desk.stored(1) == ["Reader 2: approve"]


def test_matches_are_walked_and_said(desk: Desk, triage: Page) -> None:
    desk.submit("Ana says shit 👩‍👩‍👧 پل https://casino.example \u202e and vi\u200bagra.")
    desk.open(triage)
    marks = triage.locator("#whole .text mark")
    with desk.service.client(**desk.headers) as client:
        server = client.get("/v1/queue").json()["comments"][0]["segments"]["text"]
    runs = groupby(server, key=lambda segment: segment["lines"])
    matched = ["".join(s["label"] or s["text"] for s in run) for lines, run in runs if lines]
    assert marks.all_inner_texts() == matched
    expect(triage.locator("#whole .chip").first).to_have_text("U+202E")
    triage.keyboard.press("n")
    expect(triage.locator("mark.at")).to_have_count(1)
    expect(triage.locator("#said")).to_contain_text("Match 1 of")
    triage.keyboard.press("Shift+N")
    expect(triage.locator("mark").last).to_have_class("at")


def test_focus_is_never_lost(desk: Desk, triage: Page) -> None:
    desk.fill(40)
    desk.open(triage)
    for key in (
        "a",
        "j",
        "x",
        "Escape",
        "Shift+R",
        "1",
        "z",
        "h",
        "h",
        "t",
        "t",
        "g",
        "c",
        "g",
        "q",
        "l",
        "z",
        "?",
    ):
        triage.keyboard.press(key)
        triage.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert triage.evaluate("document.activeElement !== document.body"), key
    triage.keyboard.press("Escape")
    assert triage.evaluate("document.activeElement !== document.body")


def test_a_phone_shows_one_comment_at_a_time(desk: Desk, context: BrowserContext, triage: Page) -> None:
    desk.fill(3)
    triage.set_viewport_size({"width": 360, "height": 740})
    desk.open(triage)
    expect(triage.locator("#list")).to_be_hidden()
    for name in ("Approve", "Reject", "Spam", "Later"):
        box = triage.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert box["height"] >= 44
    triage.get_by_role("button", name="Approve", exact=True).click()
    expect(triage.locator("#who")).to_have_text("Reader 2")
    triage.get_by_role("button", name="Spam", exact=True).click()
    expect(triage.locator("#who")).to_have_text("Reader 3")
    triage.get_by_role("button", name="Undo").click()
    expect(triage.locator("#who")).to_have_text("Reader 2")
    saved(triage)
    assert desk.stored(3) == ["Reader 1: approve", "Reader 2: reject spam", "Reader 2: undo"]


def test_without_scripts_the_queue_is_forms(desk: Desk, browser: Browser, triage: Page) -> None:
    desk.fill(3)
    with browser.new_context(java_script_enabled=False) as context:
        desk.sign_in(context)
        page = context.new_page()
        page.goto(f"{desk.service.url}/console")
        expect(page.get_by_role("article")).to_have_count(3)
        expect(page.locator("triage-view")).to_be_hidden()
        page.get_by_role("button", name="Approve").first.click()
        expect(page.get_by_role("status")).to_contain_text("Approved the comment by Reader 1.")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("article")).to_have_count(3)
