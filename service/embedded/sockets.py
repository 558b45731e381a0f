"""Chooses the private folder for the server's socket.

A socket's path may have about 104 bytes, so a deep data folder needs another place for it. Inside
the data folder is best: nobody else can get there first, and it outlives a logout, which a folder
in XDG_RUNTIME_DIR does not. Else it is a folder in the system's temporary one, whose name is drawn
from a secret so that no other user can make it before us; its owner and mode are checked anyway.
"""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from service.embedded.credentials import PORT, Credentials
from service.embedded.errors import StartFailed
from service.embedded.layout import Layout
from service.embedded.privileges import Account, can_reach

# macOS allows 104 bytes with the final zero; Linux 108.
LONGEST_SOCKET_PATH = 103


def socket_folder(layout: Layout, credentials: Credentials, account: Account | None) -> Path:
    """Make (or find again) the folder, owned by the server's account and closed to all others."""
    inside = layout.root / "run"
    if _fits(inside) and can_reach(layout.root, account):
        return _private(inside, account)
    # The path is part of the name, so that a copied data folder does not share the socket.
    secret = f"{credentials.admin}\n{layout.root}".encode()
    name = f"greenroom-{hashlib.sha256(secret).hexdigest()[:16]}"
    for parent in _temporary_places():
        outside = parent / name
        if _fits(outside) and can_reach(parent, account):
            return _private(outside, account)
    raise StartFailed(
        f"There is no folder with a short enough path for the database's socket: use a data folder"
        f" with a shorter path than {layout.root}, or set TMPDIR to a short one."
    )


def remove_stale_socket(folder: Path) -> None:
    """Remove what a killed server left; its lock may name a process that is now another program."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)


def _temporary_places() -> tuple[Path, ...]:
    return (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 - see the module's docstring


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH


def _private(folder: Path, account: Account | None) -> Path:
    uid = account.uid if account else os.geteuid()
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    entry = folder.lstat()
    if account is not None and entry.st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        entry = folder.lstat()
    if stat.S_ISDIR(entry.st_mode) and entry.st_uid == uid:
        if stat.S_IMODE(entry.st_mode) != 0o700:
            folder.chmod(0o700)
        return folder
    raise StartFailed(
        f"The folder {folder} for the database's socket belongs to somebody else: remove it and start again."
    )
