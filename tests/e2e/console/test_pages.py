"""Every page of the console: for every eye and every screen, by day and by night, in both directions."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from service.web.drawing import plurals
from tests.e2e.axe import violations
from tests.e2e.conftest import Newsroom
from tests.e2e.console.conftest import look, sign_out
from tests.e2e.console.pages import PAGES

LONG = "The quay is long, and the meeting about it was longer. " * 60
URDU = "پل کی مرمت میں تاخیر سے پورے شہر کو تکلیف ہو رہی ہے۔ https://casino.example دیکھیں"
WIDTHS = (1440, 360, 320)


@pytest.fixture(scope="module")
def crowd(newsroom: Newsroom) -> dict[str, str]:
    """A queue with everything that is hard to show; gives the ids that addresses are made with."""
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
    return {"approved": parent, "pending": spam, **authored(newsroom), **together(newsroom)}


def together(newsroom: Newsroom) -> dict[str, str]:
    """A campaign that waits, what was decided as one, and a rule that stands."""
    pitch = (
        "Earn {} dollars a day from home, no experience needed, just visit https://win{}.example and start"
    )
    ids = [newsroom.submit(text=pitch.format(n, n) + " W" * n) for n in range(3)]
    with newsroom.service.client(**newsroom.headers) as client:
        campaign = client.get(f"/v1/comments/{ids[0]}").json()["campaign"]
        last = newsroom.submit(text="Decided as one, and not for the first time.")
        items = {"action": "reject", "reason": "spam", "items": [{"comment_id": last, "version": 1}]}
        batch = client.post("/v1/decisions", json=items).json()["batch_id"]
        rule = {"kind": "host", "value": f"{'long-' * 11}host.example", "action": "reject", "hours": 24}
        assert client.post("/v1/sites/demo/rules", json=rule).status_code == 201
        client.post(f"/v1/comments/{ids[1]}/notes", json={"text": "Is this one? " + "W" * 90})
    return {"campaign": campaign, "batch": batch, "noted": ids[1]}


def authored(newsroom: Newsroom) -> dict[str, str]:
    """A comment that its author changed, one that was taken back, and one that a reader reported."""
    changed, gone, reported = [newsroom.submit(text=f"{number}. {URDU}") for number in range(3)]
    texts = {changed: {"text": f"Now in English \u202eand long. {LONG}"}, gone: {}}
    for comment_id, verb in ((changed, "text"), (gone, "withdrawal")):
        token = newsroom.author_tokens[comment_id]
        newsroom.send(f"comments/{comment_id}/{verb}", texts[comment_id] | {"author_token": token})
    newsroom.approve_all()
    report = {"reason": "abuse", "note": "It shouts \u202eat everybody. " + "W" * 200}
    newsroom.send(f"comments/{reported}/reports", report)
    return {"changed": changed, "gone": gone}


def begun(page: Page, newsroom: Newsroom) -> dict[str, str]:
    """What the one who is signed in sees alone: a frozen list; and an account to look at."""
    url = newsroom.service_url
    asked, own = {"query": {"status": "all"}}, {"Sec-Fetch-Site": "same-origin"}
    selection = page.request.post(f"{url}/v1/selections", data=asked, headers=own).json()
    person = page.request.get(f"{url}/v1/moderators").json()["moderators"][0]
    return {"selection": selection["id"], "person": person["id"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ur", "ar"])
def test_every_page_passes_axe_and_fits_its_screen(
    signed_in: Page,
    context: BrowserContext,
    newsroom: Newsroom,
    crowd: dict[str, str],
    theme: str,
    lang: str,
) -> None:
    look(context, newsroom, theme, lang)
    ids = crowd | begun(signed_in, newsroom)
    for name, address in PAGES.items():
        signed_in.goto(newsroom.service_url + address.format(**ids))
        for summary in signed_in.locator("summary").all()[:1]:
            summary.click()
        check(signed_in, f"{name} {theme} {lang}")


def test_signing_in_passes_axe_when_it_failed(signed_in: Page) -> None:
    sign_out(signed_in)
    signed_in.get_by_label("Name").fill("nobody")
    signed_in.get_by_label("Password").fill("not the one")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("alert")).to_be_visible()
    check(signed_in, "sign-in")


def test_the_menus_pass_axe_and_are_left_with_escape(signed_in: Page) -> None:
    signed_in.set_viewport_size({"width": 360, "height": 740})
    for name in ("Menu", "Signed in as"):
        opener = signed_in.get_by_role("button", name=name)
        opener.focus()
        signed_in.keyboard.press("Enter")
        assert violations(signed_in) == [], name
        signed_in.keyboard.press("Escape")
        expect(opener).to_be_focused()


def check(page: Page, where: str) -> None:
    """No violation of any rule of axe, and nothing wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        # What was scrolled under the bar that stays on top would be taken for too small.
        page.evaluate("scrollTo(0, 0)")
        if width > 320:
            assert violations(page) == [], f"{where} {width}"
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{where}: {wider} px too wide at {width}"


def test_the_forms_of_numbers_are_those_that_browsers_know(signed_in: Page) -> None:
    for lang in plurals.FORMS:
        known = signed_in.evaluate(
            "lang => Array.from({length: 201}, (_, n) => new Intl.PluralRules(lang).select(n))", lang
        )
        assert [plurals.form(lang, number) for number in range(201)] == known
