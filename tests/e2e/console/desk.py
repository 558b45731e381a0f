"""A moderator's desk: a service of its own, whose queue a test fills as it likes, and the triage view."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
from playwright.sync_api import BrowserContext, Page, expect

from bench import pending
from tests.serving import Service, serving

PASSWORD: Final = "a long enough password"
SITE: Final = "daily"
ARTICLE: Final = "https://news.example/bridge"
ROOMY: Final = {
    "GREENROOM_SUBMISSION_BURST": "100000",
    "GREENROOM_SUBMISSIONS_PER_MINUTE": "100000",
    "GREENROOM_SIGN_IN_BURST": "100000",
    "GREENROOM_FLOOD_FLOOR": "100000",
}


@dataclass
class Desk:
    """The service and those who decide there."""

    service: Service
    headers: dict[str, str]
    sessions: dict[str, list[Any]] = field(default_factory=dict)

    def submit(self, *texts: str, **more: str) -> list[str]:
        """Send comments as readers do, in this order; gives their ids."""
        with self.service.client(**self.headers) as client:
            return [self._submit(client, text, more) for text in texts]

    def _submit(self, client: httpx2.Client, text: str, more: dict[str, str]) -> str:
        body = {"page": ARTICLE, "name": text.split()[0], "email": "reader@example.com", "text": text, **more}
        response = client.post(f"/v1/sites/{SITE}/submissions", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def fill(self, count: int) -> None:
        """So many pending comments at once, named `Reader 1` and so on."""
        pending.fill(self.service.data_dir, SITE, count)

    def clear(self) -> None:
        """Nothing pends any more; what was decided stays."""
        pending.query(self.service.data_dir, pending.FORGET)

    def stored(self, last: int) -> list[str]:
        """The latest decisions in the order in which they were stored: `Reader 1: reject spam`."""
        return pending.query(self.service.data_dir, pending.STORED)[-last:]

    def comment(self, comment_id: str) -> dict[str, Any]:
        """One comment, as the API tells it."""
        with self.service.client(**self.headers) as client:
            found: dict[str, Any] = client.get(f"/v1/comments/{comment_id}").json()
        return found

    def decide(self, comment_id: str, action: str, **more: str) -> None:
        """What a colleague decides over the API."""
        with self.service.client(**self.headers) as client:
            body = {"action": action, "version": self.comment(comment_id)["version"], **more}
            assert client.post(f"/v1/comments/{comment_id}/decisions", json=body).status_code == 201

    def sign_in(self, context: BrowserContext, name: str = "ana") -> None:
        """Give a browser the session of this moderator, as the sign-in form does."""
        if name not in self.sessions:
            page = context.new_page()
            page.goto(f"{self.service.url}/console/sign-in?next=%2Fconsole%2Fdecided")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
            self.sessions[name] = [dict(cookie) for cookie in context.cookies()]
            page.close()
        context.clear_cookies()
        context.add_cookies(self.sessions[name])

    def open(self, page: Page, query: str = "") -> Page:
        """The triage view, ready for the first key."""
        page.goto(f"{self.service.url}/console{query}")
        expect(page.locator("#who")).to_be_visible()
        return page


@contextmanager
def running(folder: Path) -> Iterator[Desk]:
    """A service with one site and two moderators."""
    with serving(folder / "var", **ROOMY) as service:
        service.run("site", "add", SITE, "--origin", "https://news.example")
        for name in ("ana", "ben"):
            service.run("moderator", "add", name, "--password-stdin", stdin=PASSWORD)
        desk = Desk(service, service.token("moderate"))
        desk.submit("Nobody needs this one: it makes the page.")
        yield desk


def drawn(page: Page) -> None:
    """What a key or an answer has changed is on the screen: with the next frame, or right after it."""
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


def names(page: Page) -> list[str]:
    """Who stands in the list, from the top."""
    drawn(page)
    return page.locator("#list [role=option] .by").all_inner_texts()


def under(page: Page) -> str:
    """Who is under the cursor, in the list and in the detail."""
    drawn(page)
    chosen = page.locator("#list [aria-selected=true] .by")
    expect(chosen).to_have_count(1)
    expect(page.locator("#who")).to_have_text(chosen.inner_text())
    return chosen.inner_text()


def saved(page: Page) -> None:
    """Everything is confirmed."""
    drawn(page)
    expect(page.locator("#saved")).to_have_text("Saved", timeout=60_000)
