"""The search for planted addresses finds them, however they are written; a check that cannot fail is none."""

import base64
import hashlib
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
import structlog

from service.embedded import EmbeddedServer
from service.store.database import Connection
from tests import recording
from tests.factories import a_body
from tests.planted import PRODUCED, search

# Of its own, for what this file leaves is searched as well.
MARK = "".join(("pl4nt", "edhere"))
ADDRESS = f"a.{MARK}@feathers.example.com"


def written(how: str) -> bytes:
    raw, local = ADDRESS.encode(), f"a.{MARK}"
    digest = hashlib.sha256(local.encode())
    return {
        "plain": raw,
        "upper": raw.upper(),
        "hex": raw.hex().encode(),
        "base64": base64.b64encode(raw),
        "base64, one off": base64.b64encode(b"x" + raw),
        "base64, two off": base64.b64encode(b"xy" + raw),
        "md5": hashlib.md5(raw, usedforsecurity=False).hexdigest().encode(),
        "sha1": hashlib.sha1(raw, usedforsecurity=False).digest(),
        "sha256 of the mailbox": digest.hexdigest().upper().encode(),
        "sha256 in base64": base64.b64encode(digest.digest()),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "plain",
        "upper",
        "hex",
        "base64",
        "base64, one off",
        "base64, two off",
        "md5",
        "sha1",
        "sha256 of the mailbox",
        "sha256 in base64",
    ],
)
def test_an_address_is_found_however_it_is_written(tmp_path: Path, how: str) -> None:
    place = tmp_path / "deep" / "file"
    place.parent.mkdir()
    (tmp_path / "other").write_bytes(b"\0" * 100)
    # Across the border of two pieces, among bytes of any kind.
    place.write_bytes(b"\xff" * ((1 << 22) - 5) + written(how) + b"\0")
    assert search(tmp_path, MARK, [ADDRESS]) == [place]
    place.write_bytes(b"\xff" * 100)
    assert search(tmp_path, MARK, [ADDRESS]) == []


def test_the_command_says_where_and_fails(tmp_path: Path) -> None:
    def run() -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "tests.planted", str(tmp_path)]
        return subprocess.run(argv, capture_output=True, text=True, check=False)

    assert run().returncode == 1  # nothing to search is no success
    (tmp_path / "log").write_text("all is well")
    assert run().returncode == 0
    leak = tmp_path / "leak"
    leak.write_text(f"reader.{'zq7x'}{'q9kv'}@feathers.example.com")
    found = run()
    leak.unlink()
    assert (found.returncode, str(leak) in found.stderr) == (1, True)


@pytest.mark.usefixtures("site")
async def test_answers_and_logs_are_written_down(
    client: httpx2.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PRODUCED, str(tmp_path))
    body = a_body(email=ADDRESS, name=f"{MARK} as a name")
    assert (await client.post("/v1/sites/daily/submissions", json=body)).status_code == 202
    assert (await client.get(f"/v1/sites/daily/thread?page=https://news.example/{MARK}")).status_code == 200
    structlog.get_logger().info("leak", email=ADDRESS)
    kinds = {file.name.partition("-")[0] for file in search(tmp_path, MARK, [ADDRESS])}
    assert kinds == {"answers", "log"}
    recording.record("answers", b"")


async def test_an_address_in_a_wrong_column_is_found_in_the_data_folder(
    conn: Connection, server: EmbeddedServer
) -> None:
    """Written by hand where the service never writes one; then the files of PostgreSQL hold it."""
    folder = server.log_file.parents[1]
    await conn.execute("CREATE TABLE leak AS SELECT $1::text AS email", ADDRESS)
    # Committed, so that it is in the write-ahead log at least.
    assert search(folder, MARK, [ADDRESS])
