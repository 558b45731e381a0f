"""The first run, as its owner sees it: a site, the snippet, and the first comment as it arrives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.console.desk import PASSWORD
from tests.serving import Service, serving

TICK = "The first comment has arrived, by"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Service]:
    """An installation with an owner and nothing else."""
    with serving(tmp_path / "var") as service:
        service.run("moderator", "add", "ana", "--role", "admin", "--password-stdin", stdin=PASSWORD)
        yield service


def write(service: Service, site: str) -> None:
    body = {"page": f"https://{site}.example/a", "name": "Bilal", "email": "b@example.com", "text": "First!"}
    with service.client() as client:
        assert client.post(f"/v1/sites/{site}/submissions", json=body).status_code == 202


def test_an_owner_is_led_to_the_first_comment_and_sees_it_arrive(
    empty: Service, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{empty.url}/console")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Short name").fill("daily")
    page.get_by_label("Origins").fill("https://daily.example")
    page.get_by_role("button", name="Add").click()

    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert '<comment-thread site="daily">' in page.evaluate("navigator.clipboard.readText()")
    expect(page.get_by_text("Waiting for the first comment")).to_be_visible()
    write(empty, "daily")
    expect(page.get_by_role("status").get_by_text(TICK)).to_be_visible()


def test_a_comment_that_no_event_tells_of_is_seen_all_the_same(
    empty: Service, context: BrowserContext, page: Page
) -> None:
    empty.run("site", "add", "later", "--origin", "https://later.example")
    page.route("**/v1/events*", lambda route: route.abort())
    page.goto(f"{empty.url}/console/sign-in?next=%2Fconsole%2Fstart")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.clock.install()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for the first comment")).to_be_visible()
    write(empty, "later")
    page.clock.run_for(6_000)
    expect(page.get_by_role("status").get_by_text(TICK)).to_be_visible()
