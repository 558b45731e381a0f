"""Threads as readers get them, kept rendered for a moment.

A thread is read far more often than it changes. An entry lives for `thread_cache_seconds`, which bounds
what another process may have changed unseen; a decision of this process drops the page at once. While the
database is away, an entry is shown on for `STALE_SECONDS`, and says how old it is.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final
from uuid import UUID

from service.errors import Unavailable
from service.web.wire.coding import Rendered

STALE_SECONDS: Final = 300.0
_MOST_PAGES: Final = 1_000


class ThreadCache:
    """Rendered threads of the most recently read pages."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pages: OrderedDict[tuple[int, UUID], dict[Hashable, tuple[float, Rendered]]] = OrderedDict()
        self._drops = 0

    async def get(
        self, site_id: int, page_id: UUID, variant: Hashable, render: Callable[[], Awaitable[bytes]]
    ) -> Rendered:
        """The representation `variant` of a page, rendered now unless it was a moment ago.

        `Unavailable` where it cannot be rendered, and the last copy is too old or there is none.
        """
        now = time.monotonic()
        found = self._pages.get((site_id, page_id), {}).get(variant)
        if found and now - found[0] < self._seconds:
            return found[1]
        drops = self._drops
        try:
            rendered = Rendered(await render())
        except Unavailable:
            if found and now - found[0] < STALE_SECONDS:
                return found[1].aged(int(now - found[0]))
            raise
        # What was read before a decision must not be kept after it.
        if drops == self._drops:
            self._keep(site_id, page_id, variant, now, rendered)
        return rendered

    def drop(self, site_id: int, page_id: UUID) -> None:
        """Forget a page, because it has changed."""
        self._drops += 1
        self._pages.pop((site_id, page_id), None)

    def _keep(self, site_id: int, page_id: UUID, variant: Hashable, at: float, rendered: Rendered) -> None:
        page = self._pages.setdefault((site_id, page_id), {})
        self._pages.move_to_end((site_id, page_id))
        if len(page) >= 32:
            page.clear()
        page[variant] = (at, rendered)
        while len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)
