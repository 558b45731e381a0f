"""`pip install .` gives everything that a running service needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def built(folder: Path) -> set[str]:
    """The names in the wheel that pip would build."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=120, capture_output=True
    )
    [wheel] = folder.glob("greenroom-*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_carries_schema_templates_and_the_files_of_the_front_end(tmp_path: Path) -> None:
    names = built(tmp_path)
    tracked = subprocess.run(
        ["git", "ls-files", "service"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "service/schema.sql" in names
    assert set(tracked) <= names
    assert {Path(name).suffix for name in tracked} >= {
        ".py",
        ".html",
        ".css",
        ".js",
        ".json",
        ".txt",
        ".toml",
        ".sql",
    }


def test_the_folder_of_migrations_is_in_every_checkout() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "service/store/migrations"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert tracked.stdout.split()
