"""A newsroom: the demo as `make run` starts it, a browser, and someone who approves."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.serving import Service, demo

CHROMIUM = os.environ.get("GREENROOM_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A busy machine is no failure: what is expected comes, or it does not.
expect.set_options(timeout=30_000)


@dataclass
class Newsroom:
    """The running demo, and short ways to do what its people do."""

    service: Service
    demo_url: str
    english_url: str
    urdu_url: str
    moderator_name: str
    moderator_password: str
    headers: dict[str, str]
    author_tokens: dict[str, str] = field(default_factory=dict)

    @property
    def service_url(self) -> str:
        return self.service.url

    @property
    def console_url(self) -> str:
        return f"{self.service.url}/console"

    def submit(
        self,
        *,
        text: str,
        name: str = "Bilal",
        page: str | None = None,
        parent: str | None = None,
        **more: str,
    ) -> str:
        """Send a comment over the API and give its id."""
        body = {
            "page": page or self.english_url,
            "name": name,
            "email": "reader@example.com",
            "text": text,
            **more,
        }
        receipt = self.send("submissions", body | ({"parent": parent} if parent else {}))
        self.author_tokens[str(receipt["id"])] = str(receipt["author_token"])
        return str(receipt["id"])

    def send(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        """Post to the demo's site what must be accepted, and give the answer."""
        with self.service.client(**self.headers) as client:
            response = client.post(f"/v1/sites/demo/{path}", json=body)
        assert response.status_code in {200, 202}, response.text
        found: dict[str, Any] = response.json()
        return found

    def pending(self) -> list[dict[str, Any]]:
        """The queue, oldest first, at most 100."""
        with self.service.client(**self.headers) as client:
            found: list[dict[str, Any]] = client.get("/v1/queue", params={"limit": 100}).json()["comments"]
        return found

    def approve_all(self) -> None:
        """Approve everything that is pending."""
        with self.service.client(**self.headers) as client:
            while waiting := self.pending():
                for comment in waiting:
                    body = {"action": "approve", "version": comment["version"]}
                    path = f"/v1/comments/{comment['id']}/decisions"
                    assert client.post(path, json=body).status_code == 201


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with demo(tmp_path_factory.mktemp("newsroom") / "var", _free_ports()) as found:
        yield Newsroom(**found.__dict__, headers=found.service.token("moderate"))


# For one file at a time: the browser's driver keeps an event loop, beside which no async test can run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def _free_ports() -> int:
    """A port that is free together with the next one."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise AssertionError("No two neighbouring ports are free.")
