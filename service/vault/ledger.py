"""What was erased, withdrawn or revoked, in a file that no restored database can take back.

One JSON object a line, appended and flushed to the disk before the act is committed. An erasure is
`{"site": 1, "id": "…", "digests": ["…"], "until": "…", "asked_at": "…"}`, and `"called": "…"` if texts stay
under that name. A comment that its author took back is `{"withdrawn": "…", "site": 1}`, a token
`{"revoked": "…", "site": 1}`. It holds keyed digests and ids and no address, and lies beside the key ring: a
start holds the database to it.
"""

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from service.errors import Unavailable
from service.model.privacy import Ended, Erasure

if sys.platform != "win32":
    import fcntl


class Ledger:
    """The file at `path`; it is made when the first line is written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Sequence[Erasure]:
        """Every erasure; a crash may have cut the last line, whose act was not answered yet."""
        return [found for line in self._lines() if (found := _decode(line))]

    def ended(self) -> Sequence[Ended]:
        """Every comment that was taken back, and every token that was revoked."""
        return [found for line in self._lines() if (found := _decode_ended(line))]

    def append(self, erasures: Sequence[Erasure]) -> None:
        """Write erasures down and wait until they are on the disk; `LedgerUnusable` where they cannot be."""
        self._write(b"".join(map(_encode, erasures)))

    def end(self, ended: Ended) -> None:
        """The same for what was taken back."""
        self._write(json.dumps({ended.what: ended.id, "site": ended.site_id}).encode() + b"\n")

    def _lines(self) -> Sequence[bytes]:
        try:
            return self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LedgerUnusable(self.path, error) from None

    def _write(self, lines: bytes) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_new = not self.path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            with open(os.open(self.path, flags, 0o600), "r+b", buffering=0) as file:
                if sys.platform != "win32":
                    fcntl.flock(file, fcntl.LOCK_EX)
                # What a crash cut off must not swallow the line that comes after it.
                size = file.seek(0, os.SEEK_END)
                torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
                file.write((b"\n" if torn else b"") + lines)
                os.fsync(file.fileno())
            if is_new:
                _sync(self.path.parent)
        except OSError as error:
            raise LedgerUnusable(self.path, error) from None


class LedgerUnusable(Unavailable):
    """The file cannot be read or written: nothing is taken back that a restore would bring back."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"The ledger of erasures {path.name} cannot be used ({error.strerror}). Let the service read and "
            "write it, or set GREENROOM_ERASURE_LEDGER to another place.",
            retry_after=60,
        )


def _encode(erasure: Erasure) -> bytes:
    body: dict[str, object] = {
        "site": erasure.site_id,
        "id": str(erasure.id),
        "digests": [digest.hex() for digest in erasure.digests],
        "until": str(erasure.until),
        "asked_at": erasure.asked_at.isoformat(),
    }
    if erasure.called is not None:
        body["called"] = erasure.called
    return json.dumps(body).encode() + b"\n"


def _decode(line: bytes) -> Erasure | None:
    try:
        body = json.loads(line)
        return Erasure(
            int(body["site"]),
            UUID(body["id"]),
            tuple(bytes.fromhex(digest) for digest in body["digests"]),
            UUID(body["until"]),
            datetime.fromisoformat(body["asked_at"]),
            # What says nothing of it, or nothing to be understood, lets nothing stay.
            str(body["called"]) if body.get("called") else None,
        )
    except (ValueError, KeyError, TypeError):
        return None


def _decode_ended(line: bytes) -> Ended | None:
    try:
        body = json.loads(line)
        if "withdrawn" in body:
            return Ended("withdrawn", int(body["site"]), str(UUID(body["withdrawn"])))
        return Ended("revoked", int(body["site"]), str(body["revoked"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
