"""Two data folders for the commands: one that a running service holds, and one that nobody does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Service, greenroom, serving

ORIGIN = "https://news.example"
Done = subprocess.CompletedProcess[str]


def command(*arguments: str, data_dir: Path, stdin: str = "", **environment: str) -> Done:
    """Run a command to its end, however it ends."""
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments, "--data-dir", str(data_dir)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def answer(done: Done) -> dict[str, Any]:
    """What a command with --json printed: one object, and nothing beside it."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("}\n")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with the site `daily`."""
    with serving(tmp_path_factory.mktemp("running") / "data") as running:
        running.run("site", "add", "daily", "--origin", ORIGIN)
        yield running


@pytest.fixture(scope="session")
def unattended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the site `daily` on which nothing runs."""
    folder = tmp_path_factory.mktemp("unattended") / "data"
    greenroom("site", "add", "daily", "--origin", ORIGIN, data_dir=folder)
    return folder


@pytest.fixture(params=["while serve runs", "while it does not"])
def data_dir(request: pytest.FixtureRequest) -> Path:
    """Both folders, one after the other."""
    if request.param == "while serve runs":
        running: Service = request.getfixturevalue("service")
        return running.data_dir
    folder: Path = request.getfixturevalue("unattended")
    return folder
