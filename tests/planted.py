"""Addresses that tests plant, and the search for them in everything that tests leave behind.

`python -m tests.planted FOLDER` looks through every file of a folder, data folders of PostgreSQL included,
for the addresses as they are, encoded, and hashed without a key; it ends with 1 where it finds one.
"""

import base64
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

# Long enough that no chance makes it, in however many gigabytes.
MARK = "zq7xq9kv"
READER = f"reader.{MARK}@feathers.example.com"
CANARY = f"canary.{MARK}@feathers.example.com"
PLANTED = (READER, CANARY)
PRODUCED = "GREENROOM_TEST_PRODUCED"
_PIECE = 1 << 22
_OVERLAP = 256


def traces(address: str) -> list[str]:
    """What must not be found of `address` in a text; long enough that nothing else looks like it."""
    local = address.rpartition("@")[0]
    found = [local, quote(address), address.encode().hex(), _base64(address.encode())]
    for text in (address, local):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, text.encode(), usedforsecurity=False)
            found += [digest.hexdigest()[:24], _base64(digest.digest(), 20)]
    return found


def patterns(mark: str, addresses: Sequence[str]) -> list[bytes]:
    """The same for files of any kind: the mark within anything, and digests as bytes too."""
    plain = mark.encode()
    # At each of three places in a group of three, what base64 makes of the mark and of nothing beside it.
    inner = [_base64(b"\0" * at + plain)[-(-(4 * at) // 3) : (at + len(plain)) * 4 // 3] for at in range(3)]
    found = [plain, mark.upper().encode(), plain.hex().encode(), plain.hex().upper().encode()]
    found += [part.encode() for part in inner]
    for address in addresses:
        for text in (address, address.rpartition("@")[0]):
            for name in ("md5", "sha1", "sha256"):
                digest = hashlib.new(name, text.encode(), usedforsecurity=False)
                found += [
                    digest.digest()[:16],
                    digest.hexdigest()[:24].encode(),
                    digest.hexdigest()[:24].upper().encode(),
                    _base64(digest.digest(), 20).encode(),
                    base64.urlsafe_b64encode(digest.digest())[:20],
                ]
    return found


def search(folder: Path, mark: str = MARK, addresses: Sequence[str] = PLANTED) -> list[Path]:
    """Every file below `folder` that holds a trace of an address."""
    wanted = re.compile(b"|".join(map(re.escape, patterns(mark, addresses))))
    return sorted(file for file in _files(folder) if _holds(file, wanted))


def _files(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        for name in names:
            file = Path(where, name)
            if file.is_file() and not file.is_symlink():
                yield file


def _holds(file: Path, wanted: "re.Pattern[bytes]") -> bool:
    try:
        with file.open("rb") as opened:
            before = b""
            while piece := opened.read(_PIECE):
                if wanted.search(before + piece):
                    return True
                before = piece[-_OVERLAP:]
    except FileNotFoundError:
        pass  # A socket's lock, or what a test was just deleting.
    return False


def _base64(raw: bytes, length: int = 16) -> str:
    return base64.b64encode(raw).decode()[:length]


def main() -> None:
    """Look through the folder that was named, and say what was found where."""
    folder = Path(sys.argv[1])
    count = sum(1 for _ in _files(folder))
    found = search(folder)
    for file in found:
        sys.stderr.write(f"A planted address is in {file}\n")
    sys.stderr.write(f"Searched {count} files that the tests left: {len(found)} hold a planted address.\n")
    if not count:
        sys.stderr.write("There was nothing to search.\n")
    sys.exit(1 if found or not count else 0)


if __name__ == "__main__":
    main()
