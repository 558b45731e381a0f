"""Where everything lies under the data folder, and how to write there safely.

When root runs the service, the server's own user must not be able to lead root's writes astray,
so files are created with O_EXCL and renamed into place, and never opened through a symbolic link.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import DataDirUnusable


@dataclass(frozen=True, slots=True)
class Layout:
    """The places under one data folder; `root` is absolute."""

    root: Path

    @property
    def pgdata(self) -> Path:
        """The cluster."""
        return self.root / "postgres"

    @property
    def credentials(self) -> Path:
        """The three passwords, mode 0600."""
        return self.root / "postgres-credentials.json"

    @property
    def lock(self) -> Path:
        """Held for as long as somebody owns the data."""
        return self.root / "postgres.lock"

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self.root / "log" / "postgres.log"


def prepare_layout(data_dir: Path) -> Layout:
    """Make the data folder if it is missing and see that we can work in it."""
    with explained(data_dir):
        layout = Layout(data_dir.resolve())
        layout.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(layout.root, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if not layout.log_file.parent.exists():
            layout.log_file.parent.mkdir(mode=0o700, exist_ok=True)
            share_with_owner(layout, layout.log_file.parent)
    return layout


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a sentence for the operator."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataDirUnusable(
            f"The data folder {path} cannot be used ({reason}): make it a folder that this user"
            " can write to and that has free space, or choose another one with GREENROOM_DATA_DIR."
        ) from error


def share_with_owner(layout: Layout, path: Path) -> None:
    """Let what root creates belong to the folder's owner, who may run the service next time."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = layout.root.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def write_private(path: Path, text: str) -> None:
    """Put a 0600 file in place whole or not at all, even across a power failure."""
    staging = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    except OSError:
        with suppress(OSError):
            staging.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a rename inside this folder survive a power failure."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
