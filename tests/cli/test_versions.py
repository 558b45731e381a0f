"""Nothing that the service stands on is older than the first version without a hole that we know of."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from service.cli.runtime import run
from service.cli.serve import running_service
from service.cli.versions import LEAST, TooOld, numbers, require_server, require_versions
from service.settings import Settings

ROOT = Path(__file__).parents[2]


def test_everything_here_is_new_enough() -> None:
    require_versions()


def test_no_lock_and_no_range_allows_what_is_too_old() -> None:
    lock, project = (ROOT / "requirements/runtime.txt").read_text(), (ROOT / "pyproject.toml").read_text()
    pinned = dict[str, str](re.findall(r"^([a-z0-9-]+)==([\d.]+)", lock, re.M))
    ranges = "\n".join(tomllib.loads(project)["project"]["dependencies"])
    lowest = dict[str, str](re.findall(r"^([a-z0-9-]+)>=([\d.]+)", ranges, re.M))
    for least in LEAST:
        assert numbers(pinned[least.name]) >= numbers(least.version), least
        if least.name in lowest:
            assert numbers(lowest[least.name]) >= _short(numbers(least.version)), least
    assert {each.name for each in LEAST} - lowest.keys() == {"idna"}


def _short(version: tuple[int, ...]) -> tuple[int, ...]:
    """Without the noughts at its end: a range says `>=50`."""
    while version and version[-1] == 0:
        version = version[:-1]
    return version


@pytest.mark.parametrize("name", [each.name for each in LEAST])
def test_a_version_that_is_too_old_is_named_with_what_mends_it(name: str) -> None:
    def installed(asked: str) -> str:
        return "0.1rc1" if asked == name else "9999"

    with pytest.raises(TooOld, match=rf"{name} is 0\.1rc1, before .*pip install --upgrade '{name}>="):
        require_versions(installed)


def test_the_service_does_not_start_on_one(tmp_path: Path) -> None:
    """A real start, which finds the description of an old starlette before that of the one that is there."""
    described = tmp_path / "path" / "starlette-1.0.0.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: starlette\nVersion: 1.0.0\n")
    environment = {**os.environ, "PYTHONPATH": str(described.parent)}
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--data-dir", str(tmp_path / "var")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, cwd=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("greenroom: Too old to be safe: starlette is 1.0.0, before 1.10.0 ")
    assert done.stderr.rstrip().endswith("Run: pip install --upgrade 'starlette>=1.10.0'")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("found", [(16, 13), (17, 9), (18, 3), (18, 0)])
def test_an_old_postgresql_is_refused(found: tuple[int, int]) -> None:
    with pytest.raises(TooOld, match=rf"PostgreSQL is {found[0]}\.{found[1]}, .* Update to the newest"):
        require_server(*found)


@pytest.mark.parametrize("found", [(16, 14), (17, 12), (18, 4), (18, 6), (19, 0)])
def test_a_new_one_is_not(found: tuple[int, int]) -> None:
    require_server(*found)


def test_the_running_server_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start() -> bool:
        async with running_service(Settings(data_dir=tmp_path)):
            return True

    assert run(start())
    monkeypatch.setattr("service.cli.versions.LEAST_SERVER", {18: 99})
    with pytest.raises(TooOld, match=r"PostgreSQL is 18\.[1-9]\d*, .* before 18\.99"):
        run(start())
