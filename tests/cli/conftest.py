"""Two data folders for the commands: one that a running service holds, and one that nobody does."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import structlog

from service.cli import main
from tests.serving import Service, serving

ORIGIN = "https://news.example"
Done = subprocess.CompletedProcess[str]


def command(*arguments: str, data_dir: Path, stdin: str = "", **environment: str) -> Done:
    """Run a command to its end, however it ends: all of `greenroom` but the start of an interpreter."""
    argv = ["greenroom", *arguments, "--data-dir", str(data_dir)]
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    given = (
        patch("sys.argv", argv),
        patch("sys.stdin", io.StringIO(stdin)),
        patch.dict(os.environ, environment),
    )
    with given[0], given[1], given[2], redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        finally:
            logging.getLogger().handlers.clear()
            structlog.reset_defaults()
    assert isinstance(code, int)
    return Done(argv, code, out.getvalue(), err.getvalue())


def process(*arguments: str, data_dir: Path) -> Done:
    """The same in a process of its own."""
    argv = [sys.executable, "-m", "service", *arguments, "--data-dir", str(data_dir)]
    return subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


def answer(done: Done) -> dict[str, Any]:
    """What a command with --json printed: one object, and nothing beside it."""
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("}\n")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def add_site(data_dir: Path, slug: str = "daily", origin: str = ORIGIN) -> None:
    """A site to work with."""
    answer(command("site", "add", slug, "--origin", origin, "--json", data_dir=data_dir))


def bearer(data_dir: Path, *scopes: str) -> dict[str, str]:
    """Headers with a fresh token from the command line."""
    given = [part for scope in scopes for part in ("--scope", scope)]
    return {"Authorization": f"Bearer {command('token', 'add', *given, data_dir=data_dir).stdout.strip()}"}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service with the site `daily`."""
    with serving(tmp_path_factory.mktemp("running") / "data") as running:
        add_site(running.data_dir)
        yield running


@pytest.fixture(scope="session")
def unattended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the site `daily` on which nothing runs."""
    folder = tmp_path_factory.mktemp("unattended") / "data"
    add_site(folder)
    return folder


@pytest.fixture(params=["while serve runs", "while it does not"])
def data_dir(request: pytest.FixtureRequest) -> Path:
    """Both folders, one after the other."""
    if request.param == "while serve runs":
        running: Service = request.getfixturevalue("service")
        return running.data_dir
    folder: Path = request.getfixturevalue("unattended")
    return folder
