"""How root runs a server that refuses to be root, without opening any folder to anybody.

PostgreSQL must run as an unprivileged user, yet the data folder may lie below a folder that only
root may enter. A process may use its working folder whatever lies above it, so the child enters
PGDATA while it is still root, then gives its rights up, and the server is told that its data is at
`/proc/self/cwd`. The data thus stays where the operator put it (a volume, a backed-up path) and no
parent's mode changes. Programs cannot be run like that, for PostgreSQL resolves its own path, so
`binaries` copies them to a public place if need be.
"""

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import DataDirUnusable
from service.embedded.layout import Layout

if sys.platform != "win32":
    import pwd

NOBODY_ID = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """The user that runs the server when we are root."""

    uid: int
    gid: int


def server_account(layout: Layout) -> Account | None:
    """The account to run the server as; None means as ourselves."""
    if sys.platform == "win32" or os.geteuid() != 0:
        _refuse_a_stranger_s_cluster(layout)
        return None
    # Whoever has the data keeps it, so that the same folder can be served with and without sudo.
    for path in (layout.pgdata, layout.root):
        if path.exists() and (owner := path.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(NOBODY_ID, NOBODY_ID)


def _refuse_a_stranger_s_cluster(layout: Layout) -> None:
    if sys.platform == "win32" or not layout.pgdata.exists():
        return
    owner = layout.pgdata.stat().st_uid
    if owner != os.geteuid():
        raise DataDirUnusable(
            f"The folder {layout.pgdata} belongs to user {owner}, not to the user {os.geteuid()}"
            " who runs this: run it as that user or as root, or give the folder away with chown -R."
        )


def own_tree(path: Path, account: Account) -> None:
    """Give a tree that came back owned by root (a restored copy) to the server's account."""
    for folder, _, names in os.walk(path):
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        for name in names:
            os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)


def data_argument(pgdata: Path, account: Account | None) -> str:
    """How the server, started inside PGDATA, names PGDATA."""
    inside = Path("/proc/self/cwd")
    return str(inside) if account is not None and inside.exists() else str(pgdata)


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether the account may enter every folder above `path` and read `path` itself."""
    if account is None:
        return True
    return all(_allows(parent, account, 0o1) for parent in path.parents) and _allows(
        path, account, 0o5 if path.is_dir() or os.access(path, os.X_OK) else 0o4
    )


def _allows(path: Path, account: Account, wanted: int) -> bool:
    entry = path.stat()
    mode = stat.S_IMODE(entry.st_mode)
    if entry.st_uid == account.uid:
        return (mode >> 6) & wanted == wanted
    if entry.st_gid == account.gid:
        return (mode >> 3) & wanted == wanted
    return mode & wanted == wanted
