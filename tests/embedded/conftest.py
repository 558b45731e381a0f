"""A cluster made once, whose copies start in a fraction of a second: each test has one to itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from service.embedded import Purpose, embedded_postgres


@pytest.fixture(scope="session")
async def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was served once and stopped cleanly."""
    data_dir = tmp_path_factory.mktemp("seed") / "var"
    async with embedded_postgres(data_dir, purpose=Purpose.SERVE):
        pass
    return data_dir


@pytest.fixture
def data_dir(seed: Path, tmp_path: Path) -> Path:
    """A copy of it, with the owners that its files had."""
    copy = tmp_path / "var"
    copier = shutil.which("cp")
    assert copier is not None
    subprocess.run([copier, "-a", str(seed), str(copy)], check=True)
    return copy
