"""What the web floor keeps in memory: the context, sites lately seen, threads lately rendered."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from service.context import Context
from service.errors import SiteNotFound, Unavailable
from service.model.people import Scope
from service.model.screenings import Policy
from service.model.sites import Site
from service.screening.knowledge import Knowledge
from service.store import floods, sites
from service.usecases.knowledge import knowledge
from service.web.drawing.rendering import ThreadPages
from service.web.drawing.threads import ThreadCache
from service.web.http.gate import Gate
from service.web.http.live import Feed
from service.web.http.provider import Provider
from service.web.http.shell import Metrics

_FRESH_SECONDS: Final = 2.0
_STALE_SECONDS: Final = 300.0


class SiteDirectory:
    """Sites by name, asked of the database every two seconds at most.

    While the database is away, what was known keeps answering for five minutes, so that a preflight and
    a problem can still carry the headers that let the widget read them. While one request asks, the others go
    by what was known: where connections are rare, each of them would wait for one.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, tuple[float, Site, Policy]] = {}
        # When each was asked for last, whatever came of it.
        self._asked: dict[str, float] = {}
        self._knowledge: dict[int, Knowledge] = {}

    def known(self, slug: str) -> Site | None:
        """The site as far as it was seen lately, without asking anybody."""
        known = self._known.get(slug)
        return known[1] if known and time.monotonic() - known[0] < _STALE_SECONDS else None

    async def by_slug(self, slug: str) -> tuple[Site, Policy]:
        """The site and its policy; `SiteNotFound`."""
        now = time.monotonic()
        known = self._known.get(slug)
        if known and now - known[0] >= _STALE_SECONDS:
            known = None
        if known and now - self._asked[slug] < _FRESH_SECONDS:
            return known[1], known[2]
        if known:
            self._asked[slug] = now
        try:
            async with self._ctx.db.read() as conn:
                found = await sites.by_slug(conn, slug)
        except Unavailable:
            if known:
                return known[1], known[2]
            raise
        if found is None:
            self.forget(slug)
            raise SiteNotFound(slug)
        self._known[slug] = (now, *found)
        self._asked[slug] = now
        return found

    def forget(self, slug: str) -> None:
        """Ask for this site again at the next occasion."""
        self._known.pop(slug, None)
        self._asked.pop(slug, None)

    async def knowledge(self, site: Site) -> Knowledge:
        """What this site knows: read again when its terms or its learner have a newer version."""
        known = self._knowledge.get(site.id)
        if known and known.is_as_new_as(site.terms_version, site.learner_version):
            return known
        async with self._ctx.db.read() as conn:
            found = self._knowledge[site.id] = await knowledge(conn, site.id)
        return found


class FloodWatch:
    """Which sites are flooded, asked of the database every two seconds at most."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: tuple[float, Mapping[int, str]] = (-_FRESH_SECONDS, {})

    def forget(self) -> None:
        """Ask again at the next occasion."""
        self._known = (-_FRESH_SECONDS, self._known[1])

    async def on(self) -> Mapping[int, str]:
        """Their ids and names; what was known while the database is away."""
        asked, found = self._known
        now = time.monotonic()
        if now - asked >= _FRESH_SECONDS:
            with suppress(Unavailable):
                async with self._ctx.db.read(moderation=True) as conn:
                    found = await floods.on(conn)
            self._known = (now, found)
        return found


@dataclass(slots=True)
class State:
    """Everything a handler may reach, made once by the application."""

    ctx: Context
    sites: SiteDirectory
    threads: ThreadCache
    pages: ThreadPages
    metrics: Metrics
    feed: Feed
    floods: FloodWatch
    provider: Provider | None = None
    draining: bool = False
    # What can be read here, by its path, and the scope that it needs: menus lead nowhere else.
    readable: Mapping[str, Scope | None] = field(default_factory=dict)
    # Two gates, so that a flood of readers never keeps a moderator out.
    readers_gate: Gate = field(init=False)
    others_gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        """The gates are as wide as the settings say."""
        self.readers_gate = Gate(self.ctx.settings.requests_at_once)
        self.others_gate = Gate(self.ctx.settings.requests_at_once)
