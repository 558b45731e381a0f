"""The widget while PostgreSQL is away, the real one, and when it is back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, expect

from faults.clusters import Cluster, folder
from tests.e2e.reading import ANSWERED, context, fill, post
from tests.serving import Service, serving

ORIGIN = "https://news.example"


@dataclass
class Stage:
    """A service, and the cluster that it lives on."""

    service: Service
    cluster: Cluster
    moderating: dict[str, str]

    def is_ready(self) -> bool:
        with self.service.client() as client:
            return client.get("/readyz").status_code == 200

    def texts(self) -> list[str]:
        """What waits in the queue."""
        with self.service.client(**self.moderating) as client:
            return [str(each["text"]) for each in client.get("/v1/queue").json()["comments"]]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with folder() as home:
        cluster = Cluster(home, "news")
        cluster.make()
        cluster.start()
        cluster.add_database()
        monkeypatch.setenv("GREENROOM_DATABASE_URL", cluster.dsn("greenroom_app"))
        monkeypatch.setenv("GREENROOM_OWNER_DATABASE_URL", cluster.dsn("greenroom_owner"))
        try:
            with serving(tmp_path / "data") as service:
                service.run("site", "add", "daily", "--origin", ORIGIN)
                yield Stage(service, cluster, service.token("moderate"))
        finally:
            cluster.stop()


def test_what_is_written_while_the_database_is_away_is_kept_and_sent_once_when_it_is_back(
    browser: Browser, stage: Stage
) -> None:
    script = f'<script type="module" src="{stage.service.url}/cw/1/widget.js"></script>'
    document = f'<!doctype html>{script}<comment-thread site="daily" lang="en"></comment-thread>'
    keys = list[str]()
    with context(browser, **ANSWERED) as fresh:
        page = fresh.new_page()
        page.route(f"{ORIGIN}/*", lambda route: route.fulfill(body=document, content_type="text/html"))
        page.on(
            "request",
            lambda sent: keys.extend(parse_qs(sent.post_data or "").get("idempotency_key", [])),
        )
        page.goto(f"{ORIGIN}/bridge")
        fill(page, "Written while it was away.")

        stage.cluster.stop()
        for _ in range(2):
            with page.expect_response(re.compile("/submissions")) as refused:
                post(page)
            assert refused.value.status == 503
            expect(page.get_by_role("alert")).to_have_text(re.compile(r"\w"))
            expect(page.locator("#text")).to_have_value("Written while it was away.")

        stage.cluster.start()
        while not stage.is_ready():
            page.evaluate("new Promise(requestAnimationFrame)")
        post(page)
        expect(page.get_by_role("article").filter(has_text="Written while it was away.")).to_be_focused()
        expect(page.get_by_role("alert").first).to_be_empty()
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert stage.texts() == ["Written while it was away."]
