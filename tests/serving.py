"""Greenroom as its users run it: a process of its own on the embedded PostgreSQL, driven by commands."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2

START_SECONDS = 30


def greenroom(*arguments: str, data_dir: Path, stdin: str = "") -> dict[str, Any]:
    """Run a command with `--json` and give what it printed; a failure shows its sentence."""
    command = [sys.executable, "-m", "service", *arguments, "--data-dir", str(data_dir), "--json"]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# Tests write more on one site at once than people do, and mean no flood.
CALM = {"GREENROOM_FLOOD_FLOOR": "1000000"}


@dataclass
class Service:
    """A running service: its address, its data folder and its process."""

    url: str
    data_dir: Path
    process: "subprocess.Popen[str]"

    def run(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        """A command on the same data folder, while the service runs."""
        return greenroom(*arguments, data_dir=self.data_dir, stdin=stdin)

    def token(self, *scopes: str) -> dict[str, str]:
        """Headers with a fresh token."""
        given = [part for scope in scopes for part in ("--scope", scope)]
        return {"Authorization": f"Bearer {self.run('token', 'add', *given)['token']}"}

    def client(self, **headers: str) -> httpx2.Client:
        """HTTP to the service."""
        return httpx2.Client(base_url=self.url, headers=headers, timeout=20)


@contextmanager
def serving(data_dir: Path, *arguments: str, **environment: str) -> Iterator[Service]:
    """`greenroom serve --port 0` until the block ends."""
    with _started(["serve", "--port", "0", "--json", *arguments], data_dir, CALM | environment) as process:
        assert process.stdout is not None
        answer = json.loads(_first_line(process.stdout))
        yield Service(answer["url"], data_dir, process)


@dataclass
class Demo:
    """The demo: the service, two articles on another origin, and the first moderator."""

    service: Service
    demo_url: str
    english_url: str
    urdu_url: str
    moderator_name: str
    moderator_password: str


@contextmanager
def demo(data_dir: Path, port: int) -> Iterator[Demo]:
    """`make run` without make: everything that it prints is used as a person would."""
    with _started(["demo", "--port", str(port)], data_dir, CALM) as process:
        assert process.stdout is not None
        printed: dict[str, str] = {}
        for line in process.stdout:
            if line.startswith("  ") and "   " in line.strip():
                label, _, value = line.strip().partition("   ")
                printed[label] = value.strip()
            if "Sign in as" in printed:
                break
        front = printed["A newspaper"].rstrip("/")
        name, _, password = printed["Sign in as"].partition(" / ")
        service = Service(printed["The console"].removesuffix("/console"), data_dir, process)
        english, urdu = _articles(front)
        yield Demo(service, front, english, urdu, name, password)


def _articles(front: str) -> tuple[str, str]:
    """The two articles that the demo's front page links to, the English one first."""
    page = httpx2.get(f"{front}/").text
    links = list(dict.fromkeys(re.findall(r'href="(/[^"#?]*)"', page)))
    pages = {link: httpx2.get(f"{front}{link}").text for link in links if "." not in link and link != "/"}
    urdu = next(
        link for link, text in pages.items() if 'lang="ur"' in text.split(">", 3)[1] + text.split(">", 3)[0]
    )
    english = next(link for link in pages if link != urdu)
    return f"{front}{english}", f"{front}{urdu}"


@contextmanager
def _started(
    arguments: list[str], data_dir: Path, environment: dict[str, str]
) -> "Iterator[subprocess.Popen[str]]":
    log = (data_dir.parent / f"{data_dir.name}.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "service", *arguments, "--data-dir", str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        if process.stdout:
            process.stdout.close()
        log.close()


def _first_line(stream: IO[str]) -> str:
    return next(line for line in stream if line.strip())
