"""Takes the pictures of the documents: the widget under an article, the queue, and docs/hosts.md."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts import hosts
from scripts.places import IMAGES
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.serving import Demo, demo

PORT = int(os.environ.get("PORT", "8790"))
COMMENTS = (
    ("Ruth Adeyemi", "I have crossed on the Patience as a girl. She rolled like a barrel and my mother would "
     "not look at the water."),
    ("Tomasz Bright", "Since I am quoted: nobody buys bread by boat. Come on Thursday and say so."),
    ("زبیدہ", "کیا بچوں کو بھی ساتھ لا سکتے ہیں؟"),
)  # fmt: skip
WAITING = (
    ("Bilal", "Thirty years, and the council still has no plan for the shops."),
    ("best-bridges", "Great post! Cheap bridge tickets at https://tickets.example and https://more.example"),
    ("Nadia", "What a load of bullshit from the harbour office."),
)


def take(found: Demo) -> None:
    """Fill the demo with comments and photograph it."""
    headers = found.service.token("moderate")
    with found.service.client(**headers) as client:
        for name, text in (*COMMENTS, *WAITING):
            body = {"page": found.english_url, "name": name, "email": "reader@example.com", "text": text}
            client.post("/v1/sites/demo/submissions", json=body).raise_for_status()
        for comment in client.get("/v1/queue").json()["comments"][: len(COMMENTS)]:
            decision = {"action": "approve", "version": comment["version"]}
            client.post(f"/v1/comments/{comment['id']}/decisions", json=decision).raise_for_status()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 900, "height": 900})
        _widget(page, found)
        _console(page, found)
        hosts.take(found, browser)
        browser.close()


def _widget(page: Page, found: Demo) -> None:
    page.goto(found.english_url)
    page.get_by_role("button", name="Post Comment").wait_for()
    page.locator("comment-thread").screenshot(path=IMAGES / "widget.png")


def _console(page: Page, found: Demo) -> None:
    page.goto(f"{found.service.url}/console")
    page.get_by_label("Name").fill(found.moderator_name)
    page.get_by_label("Password").fill(found.moderator_password)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#who").wait_for()
    page.screenshot(path=IMAGES / "console.png", clip={"x": 0, "y": 0, "width": 900, "height": 900})


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder) / "var", PORT) as running:
        take(running)
