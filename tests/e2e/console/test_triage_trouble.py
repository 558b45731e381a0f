"""The triage view in trouble: colleagues, the network, the session. Nothing is lost and nothing doubled."""

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from tests.e2e.console.desk import PASSWORD, Desk, names, saved, under


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """A signed-in browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


def without_news(page: Page) -> None:
    """As when live events are late: what a colleague did is found out by the answer alone."""
    page.route("**/v1/events", lambda route: route.abort())


def test_who_is_slower_sees_who_was_quicker_and_may_let_it_stand(desk: Desk, triage: Page) -> None:
    first, _ = desk.submit("Nora asks to be decided once.", "Omar waits.")
    without_news(triage)
    desk.open(triage)
    desk.decide(first, "approve")
    triage.keyboard.press("s")
    expect(triage.get_by_role("alert")).to_contain_text("approved it")
    assert names(triage) == ["Omar", "Nora"]
    assert under(triage) == "Omar"

    triage.keyboard.press("j")
    triage.keyboard.press("s")
    expect(triage.get_by_role("alert")).to_contain_text("Shift")
    triage.keyboard.press("Escape")
    assert names(triage) == ["Omar"]
    assert desk.comment(first)["status"] == "approved"


def test_a_colleagues_decision_is_overridden_with_shift_and_taken_back_to_it(
    desk: Desk, triage: Page
) -> None:
    [first] = desk.submit("Nora asks to be decided once.")
    without_news(triage)
    desk.open(triage)
    desk.decide(first, "approve")
    triage.keyboard.press("s")
    expect(triage.get_by_text("approved it").last).to_be_visible()
    triage.keyboard.press("Shift+S")
    saved(triage)
    assert desk.comment(first)["status"] == "rejected"
    triage.keyboard.press("z")
    saved(triage)
    assert desk.comment(first)["status"] == "approved"


def test_decisions_made_offline_are_kept_and_sent_once(
    desk: Desk, triage: Page, context: BrowserContext
) -> None:
    desk.fill(12)
    desk.open(triage)
    context.set_offline(True)
    for _ in range(7):
        triage.keyboard.press("a")
    expect(triage.locator("#saved")).to_have_text("Offline: 7 unsent")
    assert under(triage) == "Reader 8"
    context.set_offline(False)
    saved(triage)
    assert desk.stored(7) == [f"Reader {number}: approve" for number in range(1, 8)]


def test_an_answer_that_was_lost_is_not_a_conflict(desk: Desk, triage: Page) -> None:
    desk.fill(2)
    desk.open(triage)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    triage.route("**/decisions", lose)
    triage.keyboard.press("a")
    expect(triage.locator("#saved")).to_have_text("Offline: 1 unsent")
    triage.evaluate("dispatchEvent(new Event('online'))")
    saved(triage)
    assert lost == [201]
    assert names(triage) == ["Reader 2"]
    assert desk.stored(2).count("Reader 1: approve") == 1


def test_unsent_decisions_outlive_a_reload(desk: Desk, triage: Page, context: BrowserContext) -> None:
    desk.fill(4)
    desk.open(triage)
    triage.route("**/decisions", lambda route: route.abort())
    for key in ("a", "s"):
        triage.keyboard.press(key)
    expect(triage.locator("#saved")).to_have_text("Offline: 2 unsent")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    triage.on("dialog", leave)
    triage.reload()
    assert asked == ["beforeunload"]
    assert under(triage) == "Reader 3"
    triage.unroute("**/decisions")
    triage.evaluate("dispatchEvent(new Event('online'))")
    saved(triage)
    assert desk.stored(2) == ["Reader 1: approve", "Reader 2: reject spam"]


def test_what_the_service_cannot_store_comes_back_and_says_so(desk: Desk, triage: Page) -> None:
    desk.fill(2)
    desk.open(triage)
    problem = '{"status": 422, "code": "invalid", "detail": "The note is too long."}'
    triage.route("**/decisions", lambda route: route.fulfill(status=422, body=problem))
    triage.keyboard.press("a")
    expect(triage.get_by_role("alert")).to_contain_text("The note is too long.")
    assert names(triage) == ["Reader 2", "Reader 1"]
    expect(triage.locator("#list .tag")).to_have_text("not saved")
    triage.unroute("**/decisions")
    triage.keyboard.press("j")
    triage.keyboard.press("a")
    saved(triage)
    assert desk.stored(1) == ["Reader 1: approve"]


def test_who_is_signed_out_signs_in_in_place_and_goes_on(
    desk: Desk, triage: Page, context: BrowserContext
) -> None:
    desk.fill(3)
    desk.open(triage)
    context.clear_cookies(name="greenroom")
    triage.keyboard.press("a")
    dialog = triage.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_contain_text("1 decision is kept")
    expect(dialog.get_by_label("Name")).to_have_value("ana")
    dialog.get_by_label("Password").fill("not the one at all")
    triage.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("not right")
    dialog.get_by_label("Password").fill(PASSWORD)
    triage.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    saved(triage)
    assert under(triage) == "Reader 2"
    assert desk.stored(1) == ["Reader 1: approve"]


def test_news_never_moves_the_cursor(desk: Desk, triage: Page) -> None:
    first, second, third = desk.submit("Ada is first.", "Bo is second.", "Cy is third.")
    desk.open(triage)
    expect(triage.locator("#live")).to_have_text("Live")
    triage.keyboard.press("j")
    desk.submit("Di is new.")
    expect(triage.get_by_role("button", name="1 new comment: show")).to_be_visible()
    desk.decide(first, "approve")
    expect(triage.locator("#list [role=option]")).to_have_count(2)
    assert under(triage) == "Bo"

    desk.decide(second, "reject", reason="abuse")
    expect(triage.locator("#list [aria-selected=true] .tag")).to_have_text("Rejected")
    expect(triage.locator("#whole")).to_contain_text("rejected it as abuse")
    triage.keyboard.press(".")
    expect(triage.locator("#list [role=option]").last).to_contain_text("Di")
    assert triage.locator("#list [role=option]", has_text="Cy").count() == 1
    assert desk.comment(third)["status"] == "pending"


def test_one_tab_listens_for_all_and_another_takes_over(
    desk: Desk, triage: Page, context: BrowserContext
) -> None:
    desk.submit("Ada is first.")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    tabs = [desk.open(triage), *(desk.open(context.new_page()) for _ in range(7))]
    for tab in tabs:
        expect(tab.locator("#live")).to_have_text("Live")
    assert sum(url.endswith("/v1/events") for url in asked) == 1
    desk.submit("Bo is new.")
    for tab in tabs:
        expect(tab.locator("#fresh")).to_have_text("1 new comment: show")
    tabs[0].goto("about:blank")
    desk.submit("Cy is newer.")
    for tab in tabs[1:]:
        expect(tab.locator("#fresh")).to_have_text("2 new comments: show")
    assert sum("/v1/events" in url for url in asked) == 2


def test_where_live_news_fails_the_page_says_so_and_asks_again(desk: Desk, triage: Page) -> None:
    triage.route("**/v1/events", lambda route: route.fulfill(status=503))
    desk.submit("Ada is first.")
    triage.clock.install()
    with triage.expect_response(lambda answer: "order=newest" in answer.url):
        desk.open(triage)
    expect(triage.locator("#live")).to_have_text("Live updates paused")
    desk.submit("Bo is new.")
    triage.clock.run_for(21_000)
    expect(triage.locator("#fresh")).to_have_text("1 new comment: show")
    expect(triage.locator("#list [role=option]")).to_have_count(1)
