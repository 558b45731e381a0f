"""The triage view among colleagues: who looks at what, and what happens meanwhile, in every tab."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from playwright.sync_api import Error as BrowserError

from bench import pending
from tests.e2e.console.desk import Desk, names, saved, under
from tests.e2e.console.relay import relaying

# Names stand between isolates.
HELD = re.compile("^.ana. is looking at it$")
ARRIVED = """
INSERT INTO event (site_id, kind, comment_id, version)
SELECT c.site_id, 'new', c.id, c.version
  FROM comment c
 WHERE c.status = 'pending'
   AND NOT EXISTS (SELECT FROM event e WHERE e.site_id = c.site_id AND e.comment_id = c.id)
 ORDER BY c.id
RETURNING 'told'
"""


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """Ana's browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


@pytest.fixture
def ben(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A colleague's browser."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(30_000)
        desk.sign_in(context, "ben")
        yield context.new_page()


def held_by(desk: Desk, comment_id: str) -> str | None:
    lease = desk.comment(comment_id)["lease"]
    return lease and str(lease["by"])


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what no page shows."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not come to hold.")


def test_a_colleague_sees_what_i_look_at_and_may_decide_it_all_the_same(
    desk: Desk, triage: Page, ben: Page
) -> None:
    first, second, third = desk.submit("Ada is first.", "Bo is second.", "Cy is third.")
    desk.open(ben)
    expect(ben.locator("#live")).to_have_text("Live")
    for _ in range(2):
        ben.keyboard.press("j")
    until(ben, lambda: (held_by(desk, first), held_by(desk, third)) == (None, "ben"))
    desk.open(triage)
    rows = ben.locator("#list [role=option]")
    expect(rows.nth(0).locator(".tag")).to_have_text(HELD)
    assert held_by(desk, first) == "ana"

    triage.keyboard.press("j")
    expect(rows.nth(1).locator(".tag")).to_have_text(HELD)
    until(triage, lambda: (held_by(desk, first), held_by(desk, second)) == (None, "ana"))
    ben.reload()
    expect(rows.nth(1).locator(".tag")).to_have_text(HELD)
    expect(rows.locator(".tag")).to_have_count(1)
    ben.keyboard.press("j")
    assert under(ben) == "Bo"
    expect(ben.locator("#whole .hold")).to_have_text(HELD)
    ben.keyboard.press("a")
    said = "Approved the comment by .Bo.. .ana. was looking at it."
    expect(ben.locator("#said")).to_have_text(re.compile(said))
    saved(ben)
    assert desk.comment(second)["status"] == "approved"


def test_a_quick_hand_takes_nothing_on_its_way(desk: Desk, triage: Page) -> None:
    desk.fill(12)
    with triage.expect_response("**/v1/leases"):
        desk.open(triage)
    triage.clock.install()
    triage.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/v1/leases" in request.url:
            asked.append(request.url)

    triage.on("request", note)
    for _ in range(8):
        triage.keyboard.press("j")
        triage.clock.run_for(300)
    assert asked == []
    with triage.expect_response("**/v1/leases"):
        triage.clock.run_for(800)

    # The page counts to its first beat from when it has read the answer, which none sees from outside.
    def is_beating() -> bool:
        triage.clock.run_for(5_000)
        return any(url.endswith("/heartbeat") for url in asked)

    until(triage, is_beating)
    assert sorted(url.rpartition("/v1/")[2] for url in asked) == [
        "leases",
        "leases/heartbeat",
        "leases/return",
    ]


def test_forms_without_scripts_show_who_holds_a_comment(desk: Desk, triage: Page, ben: Page) -> None:
    desk.submit("Ada is first.")
    with triage.expect_response("**/v1/leases"):
        desk.open(triage)
    ben.goto(f"{desk.service.url}/console?plain=1")
    expect(ben.get_by_role("article")).to_contain_text("ana is looking at it")
    triage.goto(f"{desk.service.url}/console?plain=1")
    expect(triage.get_by_role("article")).not_to_contain_text("looking at it")


def test_of_a_thousand_events_none_is_lost_where_the_connection_breaks(
    desk: Desk, triage: Page, context: BrowserContext
) -> None:
    desk.submit("Ada is first.")
    resumed: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/events"):
            resumed.append(request.all_headers().get("last-event-id", ""))

    triage.on("request", note)
    with relaying(int(desk.service.url.rpartition(":")[2])) as relay:
        triage.goto(f"{relay.url}/console")
        expect(triage.locator("#live")).to_have_text("Live")
        for count in (300, 400, 300):
            relay.cut()
            desk.fill(count)
            pending.query(desk.service.data_dir, ARRIVED)
        expect(triage.locator("#fresh")).to_have_text("1,000 new comments: show", timeout=60_000)
        assert under(triage) == "Ada"
        assert names(triage) == ["Ada"]
    assert resumed[0] == ""
    assert all(resumed[1:])
    assert len(resumed) > 1


def test_another_of_ten_tabs_listens_when_the_one_that_did_is_killed(
    desk: Desk, triage: Page, context: BrowserContext
) -> None:
    desk.submit("Ada is first.")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    leader = desk.open(context.new_page())
    expect(leader.locator("#live")).to_have_text("Live")
    tabs = [desk.open(triage), *(desk.open(context.new_page()) for _ in range(8))]
    for tab in tabs:
        expect(tab.locator("#live")).to_have_text("Live")
    assert sum(url.endswith("/v1/events") for url in asked) == 1
    with pytest.raises(BrowserError):
        leader.goto("chrome://crash")
    desk.submit("Bo is new.")
    for tab in tabs:
        expect(tab.locator("#fresh")).to_have_text("1 new comment: show", timeout=30_000)
    assert sum("/v1/events" in url for url in asked) == 2


def close(page: Page) -> None:
    page.close()


def kill(page: Page) -> None:
    with pytest.raises(BrowserError):
        page.goto("chrome://crash")


@pytest.mark.parametrize("end", [close, kill])
def test_another_tab_takes_over_at_once_and_misses_nothing(
    desk: Desk, triage: Page, context: BrowserContext, end: Callable[[Page], None]
) -> None:
    desk.submit("Ada is first.")
    leader = desk.open(context.new_page())
    expect(leader.locator("#live")).to_have_text("Live")
    desk.open(triage)
    expect(triage.locator("#live")).to_have_text("Live")
    # What its own timers would do stands still: the end of the other tab is all that it waits for.
    triage.clock.install()
    triage.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    asked: list[Route] = []
    triage.route("**/v1/events*", lambda route: asked.append(route))
    end(leader)
    until(triage, lambda: bool(asked))
    desk.submit("Bo came in between.")
    asked[0].continue_()
    # A browser's clock goes on in all of its pages, which a dead one cannot.
    leader.close()
    triage.clock.resume()
    expect(triage.locator("#fresh")).to_have_text("1 new comment: show")
    expect(triage.locator("#live")).to_have_text("Live")


def test_a_flood_is_told_while_it_lasts_on_a_page_that_is_open(desk: Desk, triage: Page) -> None:
    desk.fill(3)
    desk.open(triage)
    strip = triage.locator("#floods").get_by_role("link", name=re.compile("daily.* is flooded"))
    expect(triage.locator("#live")).to_have_text("Live")
    expect(strip).to_have_count(0)
    with desk.service.client(**desk.service.token("admin")) as client:
        assert client.put("/v1/sites/daily/flood", json={"on": True}).status_code == 200
        expect(strip).to_be_visible()
        expect(triage.locator("#list")).to_be_visible()
        assert client.put("/v1/sites/daily/flood", json={"on": False}).status_code == 200
        expect(strip).to_have_count(0)
        client.put("/v1/sites/daily/flood", json={"on": None})
