"""The three random passwords of the embedded server, in one 0600 file.

They are written before the cluster is, so that no crash can leave a cluster nobody can enter. If
the file is lost anyway, new ones are made and `roles.reset_admin_password` lets us in again.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from service.embedded.layout import Layout, share_with_owner, write_private

ADMIN_ROLE = "postgres"
OWNER_ROLE = "greenroom_owner"
APP_ROLE = "greenroom_app"
# As service.store.belts calls them.
READERS_ROLE = "greenroom_readers"
DESK_ROLE = "greenroom_desk"
DATABASE = "greenroom"
PORT = 5432


@dataclass(frozen=True, slots=True)
class Credentials:
    """One password a role; never shown by `repr`."""

    admin: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)

    def fingerprint(self) -> str:
        """Tells whether the server has these passwords; says nothing about 256-bit secrets."""
        return hashlib.sha256("\n".join(("3", self.owner, self.app)).encode()).hexdigest()


def load_or_create(layout: Layout) -> Credentials:
    """Read the passwords; where there are none, make and keep some."""
    found = load(layout)
    if found is not None:
        return found
    created = Credentials(*(secrets.token_urlsafe(32) for _ in range(3)))
    write_private(layout.credentials, json.dumps(asdict(created)))
    share_with_owner(layout, layout.credentials)
    return created


def load(layout: Layout) -> Credentials | None:
    """Read the passwords, or None if the file is missing or was cut short by a full disk."""
    try:
        kept: object = json.loads(layout.credentials.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(kept, Mapping):
        return None
    values = [kept.get(name) for name in ("admin", "owner", "app")]
    words = [value for value in values if isinstance(value, str) and value]
    return Credentials(*words) if len(words) == len(values) else None


def dsn(role: str, password: str, socket_dir: Path, *, database: str = DATABASE) -> str:
    """An address that both asyncpg and libpq understand."""
    host = quote(str(socket_dir), safe="")
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={host}&port={PORT}"
