"""What the web floor keeps in memory: the context, sites lately seen, threads lately rendered."""

import time
from dataclasses import dataclass
from typing import Final

from service.context import Context
from service.errors import SiteNotFound, Unavailable
from service.model.screenings import Policy
from service.model.sites import Site
from service.screening.knowledge import Knowledge
from service.store import sites
from service.usecases.knowledge import knowledge
from service.web.rendering import ThreadPages
from service.web.shell import Metrics
from service.web.threads import ThreadCache

_FRESH_SECONDS: Final = 2.0
_STALE_SECONDS: Final = 300.0


class SiteDirectory:
    """Sites by name, asked of the database every two seconds at most.

    While the database is away, what was known keeps answering for five minutes, so that a preflight and
    a problem can still carry the headers that let the widget read them.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, tuple[float, Site, Policy]] = {}
        self._knowledge: dict[int, Knowledge] = {}

    async def by_slug(self, slug: str) -> tuple[Site, Policy]:
        """The site and its policy; `SiteNotFound`."""
        now = time.monotonic()
        known = self._known.get(slug)
        if known and now - known[0] < _FRESH_SECONDS:
            return known[1], known[2]
        try:
            async with self._ctx.db.read() as conn:
                found = await sites.by_slug(conn, slug)
        except Unavailable:
            if known and now - known[0] < _STALE_SECONDS:
                return known[1], known[2]
            raise
        if found is None:
            self._known.pop(slug, None)
            raise SiteNotFound(slug)
        self._known[slug] = (now, *found)
        return found

    async def knowledge(self, site: Site) -> Knowledge:
        """What this site knows: read again when its terms or its learner have a newer version."""
        known = self._knowledge.get(site.id)
        if known and known.is_as_new_as(site.terms_version, site.learner_version):
            return known
        async with self._ctx.db.read() as conn:
            found = self._knowledge[site.id] = await knowledge(conn, site.id)
        return found


@dataclass(slots=True)
class State:
    """Everything a handler may reach, made once by the application."""

    ctx: Context
    sites: SiteDirectory
    threads: ThreadCache
    pages: ThreadPages
    metrics: Metrics
    draining: bool = False
