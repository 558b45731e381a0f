"""The second belt: roles that cannot see what our statements should not ask for anyway.

Readers' pages are read as `READERS`, a role without a grant on addresses, bills, decisions or people. What
a caller of some sites asks runs as `DESK`, to whom rows of other sites do not exist (row-level security).
Both are roles that nobody can sign in as; the application takes them on. Where they could not be made, which
a log line says at each start, our statements are the only belt.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

READERS: Final = "greenroom_readers"
DESK: Final = "greenroom_desk"
PUT_ON: Final = "SELECT set_config('role', $1, false), set_config('greenroom.sites', $2, false)"
USABLE: Final = """
SELECT count(*) = cardinality($1::text[])
  FROM pg_roles
 WHERE rolname = ANY($1::text[]) AND pg_has_role(current_user, oid, 'SET')
"""
PUT_ON_FOR_NOW: Final = "SELECT set_config('role', $1, true), set_config('greenroom.sites', $2, true)"
TAKE_OFF: Final = "RESET ROLE; RESET greenroom.sites"


@dataclass(slots=True)
class Reach:
    """The sites that the present request may touch; None: whatever its statements ask for."""

    sites: tuple[int, ...] | None = None


# What a request may touch is found out within it, and is not a use case's to remember.
_reach: Final[ContextVar[Reach | None]] = ContextVar("reach", default=None)


@contextmanager
def within_reach() -> Iterator[None]:
    """A request, whose caller is not known yet."""
    token = _reach.set(Reach())
    try:
        yield
    finally:
        _reach.reset(token)


def limit(site_ids: Iterable[int] | None) -> None:
    """From now on the present request touches these sites alone."""
    reach = _reach.get()
    if reach is not None:
        reach.sites = None if site_ids is None else tuple(sorted(site_ids))


def reach() -> tuple[int, ...] | None:
    """The sites that the present request is limited to."""
    found = _reach.get()
    return None if found is None else found.sites
