"""A site is a publication that embeds the widget; a page is one of its articles."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from service.errors import FieldRefused
from service.model.asking import Asks
from service.model.rules import Rule
from service.model.urls import Address, parse_origin

MAX_PAGE_TITLE: Final = 300
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Site:
    """`origins` are exact (RFC 6454); `close_after` closes a page so long after its first comment;
    `respond_within` is how soon a comment should be decided.

    The versions name the site's terms and what its learner knows, so that a copy in memory knows when it
    is old. `rules` are those that stand, and `flooded` whether unknown senders are asked for a proof, where
    the site was read to take a submission. `asks` is what its form asks.
    """

    id: int
    slug: str
    origins: frozenset[str]
    language: str
    close_after: timedelta | None
    terms_version: int = 0
    learner_version: int = 0
    respond_within: timedelta = timedelta(hours=24)
    rules: tuple[Rule, ...] = ()
    asks: Asks = field(default_factory=Asks)
    flooded: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One article, known by its site and its canonical address."""

    id: UUID
    url: str
    title: str | None


@dataclass(frozen=True, slots=True)
class PageState:
    """What the database knows of a page; a page that nobody wrote on yet is open and has none."""

    id: UUID
    approved: int
    version: int
    closed: bool
    created_at: datetime

    def is_closed(self, site: Site, now: datetime) -> bool:
        """Whether the page takes no more comments: closed by hand, or by its age."""
        return self.closed or (site.close_after is not None and self.created_at + site.close_after < now)


@lru_cache(maxsize=4096)
def page_id(address: Address) -> UUID:
    """The page's id: the first 128 bits of SHA-256 over its canonical address without the scheme.

    Computed and not drawn, so that reading a thread and storing a comment need no look-up; without the
    scheme, so that a site keeps its threads when it moves from http to https.
    """
    identity = str(address).partition(":")[2]
    return UUID(bytes=hashlib.sha256(identity.encode()).digest()[:16])


def is_slug(text: str) -> bool:
    """Whether a site could have this name; what is not one need not be looked for."""
    return _SLUG.fullmatch(text) is not None


def parse_slug(raw: str) -> str:
    """A site's short name in URLs: 1 to 63 lower-case letters, digits and hyphens."""
    if not is_slug(raw):
        raise FieldRefused(
            "site.slug", "A site's name is 1 to 63 lower-case letters, digits and inner hyphens."
        )
    return raw


def parse_origins(raw: Sequence[str]) -> frozenset[str]:
    """The site's origins, at least one."""
    if not raw:
        raise FieldRefused("site.origin", "Give at least one origin, such as https://news.example.")
    return frozenset(map(parse_origin, raw))
