"""`greenroom serve` as a process: what it says, how it stops, and what it refuses."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.cli.conftest import ORIGIN, add_site, answer, bearer, command, process
from tests.factories import a_body
from tests.serving import Service, serving


@contextmanager
def stalled(service: Service) -> Iterator[socket.socket]:
    """A request whose body never comes."""
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(
            b"POST /v1/sites/daily/submissions HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        time.sleep(0.3)
        yield connection


def test_it_says_where_it_is_and_is_alive_and_ready(service: Service) -> None:
    with service.client() as client:
        assert client.get("/livez").text == "alive\n"
        assert client.get("/readyz").text == "ready\n"


def test_a_token_from_the_command_line_works_and_only_for_its_scopes(service: Service) -> None:
    with service.client() as client:
        assert client.get("/v1/queue").status_code == 401
        assert client.get("/v1/queue", headers=bearer(service.data_dir, "read")).status_code == 200
        assert client.get("/v1/queue", headers=bearer(service.data_dir, "export")).status_code == 403
        me = client.get("/v1/me", headers=bearer(service.data_dir, "moderate", "disclose")).json()
    assert me["scopes"] == ["disclose", "moderate"]


def test_a_moderator_from_the_command_line_can_sign_in(service: Service) -> None:
    given, passphrase = ("cem", "--site", "daily", "--password-stdin"), "a long passphrase"
    command("moderator", "add", *given, data_dir=service.data_dir, stdin=f"{passphrase}\r\n")
    made = answer(command("moderator", "add", "dora", "--json", data_dir=service.data_dir))
    with service.client(Origin=service.url) as client:
        for name, password, sites in (
            ("cem", passphrase, ["daily"]),
            ("dora", made["password"], None),
        ):
            begun = client.post("/v1/session", json={"name": name, "password": password})
            assert begun.status_code == 201, begun.text
            assert client.get("/v1/me").json()["sites"] == sites
            assert client.delete("/v1/session").status_code == 204


def test_a_site_that_was_just_added_takes_comments(service: Service) -> None:
    add_site(service.data_dir, "fresh")
    with service.client(Origin=ORIGIN) as client:
        sent = client.post("/v1/sites/fresh/submissions", json=a_body())
    assert sent.status_code == 202
    assert sent.headers["access-control-allow-origin"] == ORIGIN


def test_a_taken_port_is_said_before_anything_is_started(service: Service, tmp_path: Path) -> None:
    port = str(urlsplit(service.url).port)
    done = process("serve", "--port", port, data_dir=tmp_path / "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == f"greenroom: Cannot listen on 127.0.0.1:{port} (Address already in use). Use --port.\n"
    )
    assert not (tmp_path / "other").exists()


def test_a_folder_has_one_service(service: Service) -> None:
    done = process("serve", "--port", "0", data_dir=service.data_dir)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert str(service.process.pid) in done.stderr


def test_without_the_embedded_database_one_must_be_named(tmp_path: Path) -> None:
    done = process("serve", "--no-embedded", data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "greenroom: With --no-embedded, set GREENROOM_DATABASE_URL to a PostgreSQL.\n"


def test_it_stops_when_it_is_told_and_finds_everything_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as running:
        add_site(running.data_dir)
        with running.client() as client:
            assert client.post("/v1/sites/daily/submissions", json=a_body()).status_code == 202
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(15) == 0
    with serving(folder) as again, again.client() as client:
        queue = client.get("/v1/queue", headers=bearer(again.data_dir, "read")).json()
        assert [comment["name"] for comment in queue["comments"]] == ["Bilal"]


def test_a_running_request_is_waited_for_and_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        add_site(running.data_dir)
        with stalled(running):
            running.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                running.process.wait(1.5)
            with pytest.raises(httpx2.ConnectError):
                httpx2.get(f"{running.url}/livez", timeout=2)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(8) == 0


def test_a_request_that_stalls_is_not_waited_for_without_end(tmp_path: Path) -> None:
    with serving(tmp_path / "data", GREENROOM_SHUTDOWN_SECONDS="1") as running:
        add_site(running.data_dir)
        with stalled(running):
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(8) == 0


def test_it_logs_one_json_object_a_line_and_nobodys_address(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        add_site(running.data_dir)
        with running.client() as client:
            client.post("/v1/sites/daily/submissions", json=a_body(email="canary.zq7x@example.com"))
            client.get("/nothing?email=canary.zq7x@example.com")
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(15) == 0
    lines = (tmp_path / "data.log").read_text().splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"request", "postgres.started", "postgres.stopped"} <= {event["event"] for event in events}
    assert [line for line in lines if not line.startswith("{") and "Back it up" not in line][1:] == []
    assert "canary" not in "\n".join(lines)


def test_it_can_go_on_for_a_while_after_it_said_that_it_is_not_ready(tmp_path: Path) -> None:
    with serving(tmp_path / "data", GREENROOM_DRAIN_SECONDS="3") as running, running.client() as client:
        assert client.get("/readyz").status_code == 200
        running.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 3
        while client.get("/readyz").status_code != 503:
            assert time.monotonic() < until
        assert client.get("/livez").status_code == 200
        assert running.process.wait(15) == 0
