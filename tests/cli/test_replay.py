"""`greenroom replay`: a file of comments, posted over HTTP, and every answer counted."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, add_site, answer, bearer, command
from tests.serving import Service

TEXTS = ["پہلا تبصرہ\r\n", "  Second, with spaces  ", "Third 👩\u200d👧 \u202eturned\u202c"]
LINES: list[dict[str, Any] | str] = [
    *({"text": text, "author": "O’Connor", "email": "reader@example.com"} for text in TEXTS),
    "",
    {"text": "No author and no address."},
    {"text": " ", "author": "Blank"},
    {"author": "Nothing"},
    {"text": "A bad website.", "url": "javascript:alert(1)"},
    {"text": "x" * 10_001},
    {"text": "Half a \ud83d pair."},
    {"text": "A number for a name.", "author": 7},
    {"text": "Another site's page.", "page": "https://evil.example/"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "comments.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in LINES) + "\n")
    return path


def replay(service: Service, file: Path, *more: str) -> Done:
    given = ("replay", str(file), "--url", service.url, "--site", "replayed", *more)
    return command(*given, data_dir=service.data_dir)


@pytest.fixture
def site(service: Service) -> Iterator[None]:
    """A site for the comments of one test, approved and gone from the queue afterwards."""
    listed = command("site", "list", data_dir=service.data_dir).stdout
    if "replayed" not in listed:
        add_site(service.data_dir, "replayed", "https://replayed.example")
    yield
    headers = bearer(service.data_dir, "moderate")
    with service.client(**headers) as client:
        for comment in client.get("/v1/queue", params={"site": "replayed"}).json()["comments"]:
            decision = {"action": "approve", "version": comment["version"]}
            assert client.post(f"/v1/comments/{comment['id']}/decisions", json=decision).status_code == 201


@pytest.mark.usefixtures("site")
def test_every_line_is_counted_by_its_answer_and_a_second_run_adds_nothing(
    service: Service, file: Path
) -> None:
    refusals = {
        "text.blank": [6],
        "text.required": [7],
        "website.scheme": [8],
        "text.too_long": [9],
        "invalid_json": [10],
        "name.type": [11],
        "page.origin": [12],
    }
    first = answer(replay(service, file, "--json"))
    assert first["lines"] == 11
    assert first["answers"] == {"accepted": 4, **dict.fromkeys(refusals, 1)}
    assert first["refused"] == refusals
    assert first["per_second"] > 0

    with service.client(**bearer(service.data_dir, "read")) as client:
        queue = client.get("/v1/queue", params={"site": "replayed"}).json()["comments"]
    assert sorted(comment["text"] for comment in queue) == sorted([*TEXTS, "No author and no address."])

    second = answer(replay(service, file, "--json"))
    assert second["answers"] == {"replayed": 4, **dict.fromkeys(refusals, 1)}


@pytest.mark.usefixtures("site")
def test_a_person_reads_counts_reasons_and_speed(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    file.write_text('{"text": "One for a person."}\n{"text": ""}\n')
    done = replay(service, file)
    assert done.returncode == 0, done.stderr
    assert "2 comments in " in done.stdout
    assert "       1  accepted\n" in done.stdout
    assert "  text.blank: lines 2\n" in done.stdout


def test_a_line_that_is_no_object_is_named_before_anything_is_sent(service: Service, tmp_path: Path) -> None:
    for number, wrong in enumerate(("[1]", "{", "null", "text"), 2):
        file = tmp_path / "wrong.jsonl"
        file.write_text('{"text": "One."}\n' * (number - 1) + wrong)
        done = replay(service, file)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"greenroom: {file}, line {number}: this is not a JSON object.\n"


def test_a_service_that_is_not_there_is_a_sentence(service: Service, file: Path) -> None:
    for url in ("http://127.0.0.1:9", "nonsense"):
        done = command("replay", str(file), "--url", url, "--site", "daily", data_dir=service.data_dir)
        assert (done.returncode, done.stdout) == (1, "")
        assert "greenroom: Nothing answers at" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_site_that_is_not_there_is_a_sentence(service: Service, file: Path) -> None:
    done = command("replay", str(file), "--url", service.url, "--site", "nowhere", data_dir=service.data_dir)
    assert done.stderr.endswith("greenroom: There is no site of this name here.\n")
    assert done.returncode == 1


class Somebody(BaseHTTPRequestHandler):
    """A server that is not ours."""

    def do_POST(self) -> None:
        """Answer with a page."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"<p>?")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_another_server_is_counted_by_its_status(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"text": "One."}\n')
    with HTTPServer(("127.0.0.1", 0), Somebody) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        done = command(
            "replay", str(file), "--url", url, "--site", "daily", "--json", data_dir=service.data_dir
        )
        server.shutdown()
    assert answer(done)["answers"] == {"http_404": 1}
