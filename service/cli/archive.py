"""A backup: one file by pg_dump, and a manifest beside it that says what must be in it.

Both are made from one snapshot: the manifest has, for each table, how many rows there are and the sum of
their hashes. A restore goes into the database in one transaction, is compared with the manifest, led to
this release's schema, and held to the ledger of erasures before anybody is served.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from service import __version__
from service.embedded.archives import ArchiveFailed, dump, restore
from service.embedded.layout import write_private
from service.errors import ServiceError
from service.store import backups, contacts
from service.store.backups import TableSum
from service.store.schema import version
from service.vault import KeyFile, Vault

Tell = Callable[[str], None]
_SUFFIX: Final = ".dump"
_NAME: Final = "greenroom-%Y%m%dT%H%M%SZ"


class BackupUnusable(ServiceError):
    """A file that is no backup of ours, is damaged, or does not fit here; says which."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `keys` are the key checks of the ring that sealed what is in it."""

    greenroom: str
    schema: int
    made_at: str
    bytes: int
    sha256: str
    keys: dict[str, str]
    tables: dict[str, TableSum]


def default_name(folder: Path) -> Path:
    """A new backup's name, by its time."""
    return folder / f"{datetime.now(UTC).strftime(_NAME)}{_SUFFIX}"


def manifest_of(file: Path) -> Path:
    """Where a backup's manifest is."""
    return file.with_name(f"{file.name}.json")


def made_before(folder: Path) -> list[Path]:
    """The backups in a folder that have names of ours, oldest first; what is half made is none."""
    return sorted(file for file in folder.glob(f"greenroom-*{_SUFFIX}") if manifest_of(file).exists())


async def back_up(owner_dsn: str, file: Path, tell: Tell) -> Manifest:
    """Write the database into `file`, whole or not at all. Raises `ArchiveFailed`, `BackupUnusable`."""
    draft = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        conn = await asyncpg.connect(owner_dsn, timeout=5)
        try:
            await backups.patient(conn)
            async with conn.transaction():
                snapshot = await backups.export_snapshot(conn)
                tell("Writing the database")
                await asyncio.to_thread(dump, owner_dsn, draft, snapshot=snapshot, without=backups.LEFT_OUT)
                found = await backups.sums(conn, lambda name, n, of: tell(f"Counting {name} ({n + 1}/{of})"))
                checks = await contacts.key_checks(conn)
                schema = await version(conn)
        finally:
            await conn.close()
        made = Manifest(
            greenroom=__version__,
            schema=schema,
            made_at=datetime.now(UTC).isoformat(),
            bytes=draft.stat().st_size,
            sha256=await asyncio.to_thread(_digest, draft),
            keys={str(key_id): digest.hex() for key_id, digest in checks.items()},
            tables=found,
        )
        # The manifest first: a file under its final name is a whole backup.
        write_private(manifest_of(file), json.dumps(asdict(made), indent=1) + "\n")
        draft.replace(file)
        return made
    except OSError as error:
        raise BackupUnusable(
            f"The backup {file} cannot be written ({error.strerror}). Choose a folder that this user can "
            "write to and that has free space."
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def read_manifest(file: Path) -> Manifest:
    """The manifest of a backup, whose file is whole; `BackupUnusable`."""
    try:
        body: dict[str, Any] = json.loads(manifest_of(file).read_text(encoding="utf-8"))
        tables = {name: TableSum(each["rows"], each["checksum"]) for name, each in body["tables"].items()}
        found = Manifest(**{**body, "tables": tables})
        digest = _digest(file)
    except OSError as error:
        raise BackupUnusable(
            f"{error.filename} cannot be read ({error.strerror}). A backup is two files: FILE and FILE.json."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise BackupUnusable(f"{manifest_of(file)} is no manifest of a backup. Take another one.") from None
    if digest != found.sha256:
        raise BackupUnusable(
            f"{file} is not what its manifest says: damaged, or cut short. Take another one."
        )
    return found


def require_keys(manifest: Manifest, key_file: Path) -> None:
    """Raise `BackupUnusable` unless the ring at hand has every key that sealed what is in the backup."""
    ours = Vault(KeyFile(key_file).keys).key_checks() if key_file.exists() else {}
    wrong = [key_id for key_id, check in manifest.keys.items() if ours.get(int(key_id), b"").hex() != check]
    if wrong:
        raise BackupUnusable(
            f"The key ring {key_file} does not fit this backup: key {', '.join(wrong)} is missing or another "
            "one. Put the ring back that belongs to it; nothing was written."
        )


async def bring_back(file: Path, manifest: Manifest, owner_dsn: str, tell: Tell) -> None:
    """Put the backup in the place of what the database has, and see that it is all there.

    Raises `ArchiveFailed` where nothing was changed, `BackupUnusable` where something is missing afterwards.
    """
    tell("Restoring the database")
    await asyncio.to_thread(restore, file, owner_dsn, first=backups.CLEAR)
    conn = await asyncpg.connect(owner_dsn, timeout=5)
    try:
        await backups.patient(conn)
        found = await backups.sums(conn, lambda name, n, of: tell(f"Comparing {name} ({n + 1}/{of})"))
    finally:
        await conn.close()
    wrong = sorted(
        name
        for name in manifest.tables.keys() | found.keys()
        if manifest.tables.get(name) != found.get(name) and name not in backups.LEFT_OUT
    )
    if wrong:
        raise BackupUnusable(
            f"What was restored differs from the manifest in {', '.join(wrong)}. Do not use it; take another "
            "backup."
        )


def drop_old(folder: Path, keep: int) -> int:
    """Delete all but the newest `keep` backups; gives how many went."""
    old = made_before(folder)[: -keep or None]
    for file in old:
        file.unlink(missing_ok=True)
        manifest_of(file).unlink(missing_ok=True)
    return len(old)


def age_of_newest(folder: Path, since: Path) -> float:
    """Seconds since the newest backup; where there is none, since the file `since` was made."""
    newest = made_before(folder)[-1:] or [since]
    return datetime.now(UTC).timestamp() - newest[0].stat().st_mtime


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


__all__ = ["ArchiveFailed", "BackupUnusable", "Manifest", "back_up", "bring_back", "read_manifest"]
