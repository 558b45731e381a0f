"""What was acknowledged is stored, exactly once, whatever is killed; and any PostgreSQL will do."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from service.embedded import EmbeddedServer
from tests.conftest import in_database
from tests.factories import SITE_ORIGIN, a_body
from tests.serving import Service, serving

PATH = "/v1/sites/daily/submissions"


class Writers:
    """Readers who post at once and, told 503 or nothing, try again with the same key."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._stop = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.statuses: set[int] = set()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(6)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for(self, count: int) -> None:
        """Until so many were acknowledged, 30 seconds at most."""
        until = time.monotonic() + 30
        while len(self.acknowledged) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.acknowledged) >= count

    def _write(self, writer: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            self._post(f"{writer}-{number}")

    def _post(self, key: str) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                answer = httpx2.post(
                    self._url() + PATH, json=a_body(text=key), headers={"Idempotency-Key": key}, timeout=10
                )
            except httpx2.TransportError:
                time.sleep(0.05)
                continue
            self.statuses.add(answer.status_code)
            if answer.status_code == 202:
                self.acknowledged[key] = answer.json()["id"]
                return
            time.sleep(0.05)


def stored(service: Service) -> dict[str, str]:
    """Every pending comment: text and id."""
    found: dict[str, str] = {}
    cursor = None
    with service.client(**service.token("read")) as client:
        while True:
            query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
            page = client.get("/v1/queue", params=query).json()
            for comment in page["comments"]:
                assert comment["text"] not in found, "one key made two comments"
                found[comment["text"]] = comment["id"]
            cursor = page["next"]
            if cursor is None:
                return found


LIMITS = {"GREENROOM_SUBMISSION_BURST": "1000000", "GREENROOM_FLOOD_FLOOR": "1000000"}


def postmaster_of(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def test_killing_the_service_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    data_dir, addresses = tmp_path / "var", list[str]()
    with serving(data_dir, **LIMITS) as service:
        service.run("site", "add", "daily", "--origin", SITE_ORIGIN)
        addresses.append(service.url)
        writers = Writers(lambda: addresses[-1])
        writers.wait_for(100)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(10)
    try:
        with serving(data_dir, **LIMITS) as again:
            addresses.append(again.url)
            writers.wait_for(len(writers.acknowledged) + 50)
            writers.stop()
            assert writers.acknowledged.items() <= stored(again).items()
    finally:
        writers.stop()


def test_killing_postgresql_loses_nothing_and_the_service_heals_by_itself(tmp_path: Path) -> None:
    with serving(tmp_path / "var", **LIMITS) as service:
        service.run("site", "add", "daily", "--origin", SITE_ORIGIN)
        writers = Writers(lambda: service.url)
        try:
            writers.wait_for(50)
            os.kill(postmaster_of(service.data_dir), signal.SIGKILL)
            writers.wait_for(len(writers.acknowledged) + 50)
        finally:
            writers.stop()
        assert writers.statuses <= {202, 503}
        assert writers.acknowledged.items() <= stored(service).items()


async def test_the_same_service_runs_on_a_postgresql_of_your_own(
    server: EmbeddedServer, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_DATABASE_URL", in_database(server.app_dsn, database))
    monkeypatch.setenv("GREENROOM_OWNER_DATABASE_URL", in_database(server.owner_dsn, database))
    await asyncio.to_thread(post_one, tmp_path / "var")


def post_one(data_dir: Path) -> None:
    with serving(data_dir, "--no-embedded") as service:
        service.run("site", "add", "daily", "--origin", SITE_ORIGIN)
        with service.client() as client:
            assert client.post(PATH, json=a_body()).status_code == 202
        assert len(stored(service)) == 1
        assert not (data_dir / "postgres").exists()


def test_a_service_that_is_told_to_stop_stops_its_postgresql_and_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path / "var") as service:
        postmaster = postmaster_of(service.data_dir)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(postmaster, 0)
    assert "shut down" in (service.data_dir / "log" / "postgres.log").read_text()
