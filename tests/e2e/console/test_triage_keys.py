"""Whole tasks by keys alone, each in as few as a moderator may expect; and what remains of them."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.e2e.console.desk import Desk, saved, under

# Around values, which the forms have in elements of their own.
ISOLATES = "[\u2068\u2069]*"
ADVERT = "Buy the best harbour tickets of the season at https://tickets{}.example, dear friends of {}."

PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


@pytest.fixture
def triage(desk: Desk, context: BrowserContext, page: Page) -> Page:
    """A signed-in browser; the test fills the queue and opens it."""
    desk.clear()
    desk.sign_in(context)
    return page


def press(page: Page, *keys: str) -> int:
    """Gives how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_fifty_with_five_mistakes_are_sixty_keys(desk: Desk, triage: Page) -> None:
    desk.fill(51)
    desk.open(triage)
    count = 0
    for number in range(50):
        count += press(triage, *(("a", "z", "s") if number % 10 == 4 else ("a",)))
    saved(triage)
    assert count == 60
    assert under(triage) == "Reader 51"
    stored = desk.stored(60)
    assert [each for each in stored if each.startswith("Reader 5:")] == [
        "Reader 5: approve",
        "Reader 5: undo",
        "Reader 5: reject spam",
    ]
    assert sum(each.endswith(": reject spam") for each in stored) == 5


def test_what_a_quick_hand_decides_goes_in_few_requests_and_in_order(desk: Desk, triage: Page) -> None:
    desk.fill(30)
    desk.open(triage)
    sent: list[int] = []

    def note(request: Request) -> None:
        if "decisions" in request.url:
            sent.append(len((request.post_data_json or {}).get("items", [0])))

    triage.on("request", note)
    press(triage, *"asrasrasrasrasrasras")
    saved(triage)
    did = {"a": "approve", "s": "reject spam", "r": "reject spam"}
    keys = enumerate("asrasrasrasrasrasras", 1)
    assert desk.stored(20) == [f"Reader {number}: {did[key]}" for number, key in keys]
    assert sum(sent) == 20
    assert len(sent) < 20
    batches = {desk.comment(id_)["decisions"][-1]["batch_id"] for id_ in _decided(desk)}
    assert batches == {None}


def _decided(desk: Desk) -> list[str]:
    with desk.service.client(**desk.headers) as client:
        query = {"status": "all", "decided_by": "ana", "limit": "20"}
        return [each["id"] for each in client.get("/v1/queue", params=query).json()["comments"]]


def test_taking_back_what_a_colleague_decided_first_leaves_theirs_alone(desk: Desk, triage: Page) -> None:
    [first] = desk.submit("Nora asks to be decided once.")
    triage.route("**/v1/events", lambda route: route.abort())
    desk.open(triage)
    desk.decide(first, "approve")
    press(triage, "s", "z")
    saved(triage)
    comment = desk.comment(first)
    assert (comment["status"], [each["action"] for each in comment["decisions"]]) == ("approved", ["approve"])
    expect(triage.locator("#list .tag")).to_have_text("Approved")


def test_all_with_a_word_are_found_and_rejected_with_five_keys(desk: Desk, triage: Page) -> None:
    desk.submit("Ada likes the ferry.")
    desk.submit(*(f"Bo{number} sells zeppelins." for number in range(60)))
    desk.open(triage)
    count = press(triage, "/")
    triage.keyboard.type("zeppelins")
    count += press(triage, "Enter")
    expect(triage.locator(".found")).to_contain_text("zeppelins")
    expect(triage.locator("#who")).to_have_text("Bo0")
    count += press(triage, "Control+a")
    expect(triage.locator("#asking")).to_contain_text("60 selected")
    count += press(triage, "Shift+R", "Shift+R")
    saved(triage)
    assert count == 5
    assert len([each for each in desk.stored(60) if each.endswith("reject other")]) == 60
    triage.get_by_role("link", name="Show all").click()
    assert under(triage) == "Ada"


def test_an_authors_history_is_one_key_and_one_more_leads_back(desk: Desk, triage: Page) -> None:
    desk.submit("Ada was here before.", "Ada is here again.")
    desk.open(triage)
    press(triage, "h")
    expect(triage.get_by_role("heading", name="By the same author")).to_be_visible()
    expect(triage.locator("#whole .beside li").first).to_contain_text("Ada is here again.")
    press(triage, "Escape")
    expect(triage.locator("#whole .beside")).to_have_count(0)


def test_who_decided_is_found_in_the_trail_with_the_undo(desk: Desk, triage: Page) -> None:
    first = desk.submit("Ada is first.")[0]
    desk.open(triage)
    press(triage, "s", "z")
    saved(triage)
    press(triage, "g", "a")
    expect(triage.get_by_label("To what")).to_be_focused()
    triage.keyboard.type(first)
    press(triage, "Enter")
    rows = triage.locator("table.trail tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("comment.undo")
    expect(rows.nth(1)).to_contain_text("comment.reject")
    expect(rows.nth(1)).to_contain_text("ana")


def test_the_page_of_keys_is_a_few_letters_away(desk: Desk, triage: Page) -> None:
    desk.fill(1)
    desk.open(triage)
    press(triage, "Control+k")
    triage.keyboard.type("cha")
    press(triage, "Enter")
    expect(triage).to_have_url(f"{desk.service.url}/console/keys")


def test_on_a_phone_the_focus_goes_to_the_next_comment_and_nowhere_else(desk: Desk, triage: Page) -> None:
    desk.fill(12)
    triage.set_viewport_size({"width": 360, "height": 740})
    desk.open(triage)
    press(triage, "a")
    expect(triage.locator("#who")).to_have_text("Reader 2")
    expect(triage.locator("#who")).to_be_focused()
    for name in ("Approve", "Spam", "Undo", "Later", "Approve"):
        triage.get_by_role("button", name=name, exact=True).click()
        expect(triage.locator("#who")).not_to_have_text("…")
        assert triage.evaluate("document.activeElement !== document.body"), name
    for key in (
        "Shift+R",
        "1",
        "z",
        "h",
        "h",
        "t",
        "t",
        "?",
        "Escape",
        "g",
        "c",
        "g",
        "q",
        "Control+k",
        "Escape",
    ):
        press(triage, key)
        triage.evaluate(PAINTED)
        assert triage.evaluate("document.activeElement !== document.body"), key
    desk.clear()
    desk.submit("Ada is alone.")
    desk.open(triage)
    press(triage, "a")
    expect(triage.get_by_role("heading", name="Queue clear.")).to_be_focused()


def test_the_focus_is_kept_when_the_comment_was_drawn_anew_under_an_open_dialog(
    desk: Desk, triage: Page
) -> None:
    desk.fill(3)
    triage.set_viewport_size({"width": 360, "height": 740})
    desk.open(triage)
    press(triage, "a")
    expect(triage.locator("#who")).to_be_focused()
    press(triage, "?")
    expect(triage.get_by_role("dialog")).to_be_visible()
    triage.locator("#who").evaluate("heading => heading.dataset.before = 'yes'")
    triage.set_viewport_size({"width": 1440, "height": 740})
    expect(triage.locator("#who[data-before]")).to_have_count(0)
    triage.set_viewport_size({"width": 360, "height": 740})
    press(triage, "Escape")
    expect(triage.get_by_role("dialog")).to_have_count(0)
    triage.evaluate(PAINTED)
    assert triage.evaluate("document.activeElement.id") == "who"


@pytest.mark.parametrize("lang", ["ur", "ar"])
def test_a_bill_says_the_same_with_and_without_scripts(
    desk: Desk, triage: Page, context: BrowserContext, lang: str
) -> None:
    desk.submit("Ana says shit about https://bit.ly/x and https://casino.example now, call 0300 1234567")
    desk.submit(
        *(ADVERT.format(number, number) for number in range(3)), url2="bot", website="https://win.example"
    )
    looks = f"light.{lang}"
    context.add_cookies([{"name": "greenroom-looks", "value": looks, "url": f"{desk.service.url}/console"}])
    triage.goto(f"{desk.service.url}/console?plain=1")
    plain = [bill.locator("ol > li > div > span").all_inner_texts() for bill in triage.locator(".bill").all()]
    desk.open(triage)
    for bill in plain:
        said = [re.compile(ISOLATES.join(map(re.escape, sentence))) for sentence in bill]
        expect(triage.locator("#whole .bill ol > li > div > span")).to_have_text(said)
        press(triage, "j")
    assert len({sentence for bill in plain for sentence in bill}) > 4
    assert triage.locator("#whole [lang=en]").count() == 0


def test_matches_differ_by_what_found_them_and_say_so_once(desk: Desk, triage: Page) -> None:
    # Not as Ana: that is the name of a moderator, which is a match too.
    desk.submit("Zoe says shit about https://casino.example and vi\u200bagra.")
    desk.open(triage)
    marks = triage.locator("#whole .text mark")
    kinds = marks.evaluate_all(
        "all => all.map(each => [each.dataset.kind, getComputedStyle(each).textDecorationStyle])"
    )
    assert {tuple(each) for each in kinds} >= {("words", "solid"), ("links", "dotted")}
    says = marks.evaluate_all("all => all.map(each => each.dataset.says)")
    seen = []
    for _ in says:
        press(triage, "n")
        seen.append(triage.locator("mark.at").get_attribute("data-says"))
    assert seen == says
    assert set(says) >= {"match, words: ", "match, link: "}
