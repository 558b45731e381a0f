"""The master keys on disk: made at first start, rotated by command, read again when the file changes.

One JSON file, mode 0600, beside the database and never inside it:
`{"keys": [{"id": 2, "secret": "<base64>"}, {"id": 1, …}]}`, newest first. A rotation writes a new file
and renames it, so that a reader sees the old ring or the new one, never half of one.
"""

import base64
import binascii
import json
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from service.errors import WrongKey
from service.vault.vault import MAX_KEY_ID, MasterKey

if sys.platform != "win32":
    import fcntl

_LOOK_AGAIN_SECONDS: Final = 0.5


class KeyFile:
    """The ring in one file; `keys()` is cheap enough to ask at every use."""

    settle_seconds: Final = 2 * _LOOK_AGAIN_SECONDS

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: tuple[MasterKey, ...] = ()
        self._stamp: tuple[int, int] | None = None
        self._looked_at = 0.0

    def keys(self) -> Sequence[MasterKey]:
        """The keys, newest first; looks at the file again when half a second has gone by."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_AGAIN_SECONDS or not self._keys:
            self._looked_at = now
            self._reload()
        return self._keys

    def create(self) -> bool:
        """Make a first key where there is no file; True where one was made."""
        if self.path.exists():
            return False
        with self._alone():
            if self.path.exists():
                return False
            self._write([MasterKey(1, secrets.token_bytes(32))])
        return True

    def rotate(self) -> MasterKey:
        """Put a new key in front and return it; the older ones stay, to open what they sealed."""
        with self._alone():
            self._reload()
            new = MasterKey(max(key.id for key in self._keys) + 1, secrets.token_bytes(32))
            self._write([new, *self._keys])
        return new

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other writers out: of two keys with one id, one would be lost with all that it sealed."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(self.path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
                if sys.platform != "win32":
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise WrongKey(
                f"The key file {self.path} cannot be written ({error.strerror}). "
                "Let this user write to its folder."
            ) from None

    def _reload(self) -> None:
        try:
            found = self.path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._stamp:
                self._keys = _decode(self.path.read_text())
                _refuse_open_to_all(self.path, found.st_mode)
                self._stamp = stamp
        except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
            raise WrongKey(
                f"The key file {self.path} cannot be read ({type(error).__name__}). Put the file back from "
                "its backup; without it no stored e-mail address can be opened."
            ) from None

    def _write(self, keys: Sequence[MasterKey]) -> None:
        body = {"keys": [{"id": k.id, "secret": base64.b64encode(k.secret).decode()} for k in keys]}
        draft = self.path.with_suffix(f".{os.getpid()}.new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        # The rename itself must survive a power cut too: what the new key sealed needs it.
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._keys, self._stamp = tuple(keys), None


def _refuse_open_to_all(path: Path, mode: int) -> None:
    if mode & stat.S_IRWXO:
        raise WrongKey(
            f"The key file {path} can be read by everybody on this machine. Take that away"
            f" (chmod 600 {path}) and, if strangers were there, rotate the keys."
        )


def _decode(text: str) -> tuple[MasterKey, ...]:
    keys = tuple(
        MasterKey(int(entry["id"]), base64.b64decode(entry["secret"], validate=True))
        for entry in json.loads(text)["keys"]
    )
    if not keys or any(len(key.secret) != 32 or not 0 < key.id <= MAX_KEY_ID for key in keys):
        raise ValueError
    if len({key.id for key in keys}) != len(keys):
        raise ValueError
    return keys
