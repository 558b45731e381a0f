"""Where the console's pages are, and where a form may lead: to our own pages and nowhere else."""

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

QUEUE: Final = "/console"
DECIDED: Final = "/console/decided"
SIGN_IN: Final = "/console/sign-in"
PROVIDER: Final = "/console/sign-in/provider"
ACCOUNT: Final = "/console/account"
PEOPLE: Final = "/console/people"
TOKENS: Final = "/console/tokens"
AUDIT: Final = "/console/audit"
CAMPAIGNS: Final = "/console/campaigns"
BATCHES: Final = "/console/batches"
SELECTIONS: Final = "/console/selections"
STANDING: Final = "/console/standing"
REVIEWS: Final = "/console/reviews"
LOOKS: Final = "/console/looks"
KEYS: Final = "/console/keys"
_OWN_PAGES: Final = re.compile(r"/console(?:/[\w-]{1,64}){0,5}(?:\?[\w=&%+.:~-]{0,1000})?", re.ASCII)
# What a notice is about; an older one makes room for it.
_NOTICES: Final = frozenset({"decided", "late", "dismissed"})


def queue(**filters: str | None) -> str:
    """The queue under these filters."""
    query = urlencode({name: value for name, value in filters.items() if value})
    return f"{QUEUE}?{query}" if query else QUEUE


def comment_page(comment_id: UUID) -> str:
    """The page of one comment."""
    return f"/console/comments/{comment_id}"


def sign_in_page(target: str) -> str:
    """The sign-in page that leads on to `target`."""
    return f"{SIGN_IN}?next={quote(target, safe='')}"


def inside(raw: object) -> str:
    """`raw` where it is one of our own pages, else the queue."""
    return raw if isinstance(raw, str) and _OWN_PAGES.fullmatch(raw) else QUEUE


def with_notice(back: object, name: str, comment_id: UUID) -> str:
    """The page to go back to, with the notice about this comment in the place of an older one."""
    path, _, query = inside(back).partition("?")
    kept = [(field, value) for field, value in parse_qsl(query) if field not in _NOTICES]
    return f"{path}?{urlencode([*kept, (name, str(comment_id))])}#notice"
