"""Reading in the triage view: long texts, long lists, what is told and what is offered beside them."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bench import pending
from tests.e2e.console.desk import Desk, drawn, saved, under

ADVERT = "Buy the best harbour tickets of the season at https://tickets{}.example, dear friends of {}."
JOINED = """
UPDATE comment c SET campaign_id = o.campaign_id
  FROM comment o
 WHERE o.id = $1::text::uuid AND c.id = $2::text::uuid
RETURNING 'joined'
"""


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """A signed-in browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


def test_a_list_that_is_scrolled_goes_on_without_the_cursor(desk: Desk, triage: Page) -> None:
    desk.fill(130)
    desk.open(triage)
    rows = triage.locator("#list [role=option]")
    for last in (100, 130):
        triage.locator("#list").evaluate("list => list.scrollTop = 1e9")
        expect(triage.locator("#list .rows")).to_have_css("height", f"{72 * last}px")
    triage.locator("#list").evaluate("list => list.scrollTop = 1e9")
    expect(rows.last).to_have_attribute("aria-posinset", "130")
    assert under(triage) == "Reader 1"
    expect(triage.locator("#foot")).to_have_text("")


def test_the_space_bar_reads_on_in_a_long_text(desk: Desk, triage: Page) -> None:
    desk.submit("Ada is long.\n" + "The quay is long, too.\n" * 90, "Bo is short.")
    desk.open(triage)
    text = triage.locator("#whole .text")
    triage.keyboard.press("Space")
    expect(text).not_to_have_js_property("scrollTop", 0)
    assert triage.locator("#list").evaluate("list => list.scrollTop") == 0
    triage.keyboard.press("Shift+Space")
    expect(text).to_have_js_property("scrollTop", 0)
    assert under(triage) == "Ada"


def test_a_campaign_shows_first_what_looks_different_and_asks_about_what_it_would_change(
    desk: Desk, triage: Page
) -> None:
    ids = desk.submit(*(ADVERT.format(number, number) for number in range(6)))
    [stray] = desk.submit("My neighbour waited three years for a permit to mend her roof.")
    desk.decide(ids[0], "approve")
    pending.query(desk.service.data_dir, JOINED, ids[1], stray)
    desk.open(triage)
    for key in ("g", "c"):
        triage.keyboard.press(key)
    expect(triage.locator("#who")).to_have_text("6 comments alike")
    triage.keyboard.press("Enter")
    expect(triage.get_by_role("heading", name="1 of 7 look different")).to_be_visible()
    expect(triage.locator("#whole .sample").first).to_contain_text("My neighbour")
    expect(triage.locator("#whole .facts")).to_contain_text("tickets1.example")
    triage.keyboard.press("x")
    triage.keyboard.press("Shift+S")
    expect(triage.locator("#asking")).to_contain_text("Reject 6 comments?")
    triage.keyboard.press("Shift+S")
    saved(triage)
    assert {desk.comment(each)["status"] for each in ids} == {"rejected"}
    assert desk.comment(stray)["status"] == "pending"


def test_undo_is_offered_where_there_is_something_to_undo(desk: Desk, triage: Page) -> None:
    desk.submit("Ana says shit.", "Bo says shit, too.", "Cy is last.")
    desk.open(triage)
    undo = triage.locator("#undo")
    triage.keyboard.press("n")
    expect(triage.locator("#said")).to_contain_text("Match 1 of")
    expect(undo).to_be_hidden()
    triage.keyboard.press("j")
    expect(triage.locator("#said")).to_have_text("")
    triage.keyboard.press("a")
    expect(undo).to_be_visible()
    undo.get_by_role("button").focus()
    triage.keyboard.press("z")
    expect(undo).to_be_hidden()
    drawn(triage)
    assert triage.evaluate("document.activeElement !== document.body")


def test_a_clear_queue_leads_to_what_was_reported(desk: Desk, triage: Page) -> None:
    [published] = desk.submit("Ada was published.")
    desk.decide(published, "approve")
    with desk.service.client() as client:
        report = client.post(f"/v1/sites/daily/comments/{published}/reports", json={"reason": "abuse"})
        assert report.status_code == 202
    desk.open(triage)
    expect(triage.get_by_role("heading", name="Queue clear.")).to_be_visible()
    expect(triage.locator("#whole").get_by_role("link", name="Reported")).to_have_text("Reported 1")
    expect(triage.get_by_role("navigation", name="Views").get_by_role("link", name="Reported")).to_have_text(
        "Reported 1"
    )


def test_another_zoom_loses_no_focus(desk: Desk, triage: Page) -> None:
    desk.fill(3)
    desk.open(triage)
    expect(triage.locator("#list")).to_be_focused()
    triage.set_viewport_size({"width": 360, "height": 225})
    expect(triage.locator("#who")).to_be_focused()
    triage.keyboard.press("a")
    triage.set_viewport_size({"width": 1440, "height": 900})
    drawn(triage)
    assert triage.evaluate("document.activeElement !== document.body")
    assert under(triage) == "Reader 2"
