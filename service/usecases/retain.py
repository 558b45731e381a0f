"""Keeps nothing for longer than a site wants: rejected comments are emptied, addresses deleted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias
from uuid import UUID

from service.context import Context
from service.ids import first_id
from service.model.people import AuditEvent
from service.model.site_settings import StoredSettings
from service.store import audit, site_settings, sites, tombstones
from service.store.database import Connection

_Work: TypeAlias = Callable[[Connection, int, UUID, int], Awaitable[int]]

ACTOR: Final = "retention"
_AT_ONCE: Final = 500
_MOST_BATCHES: Final = 200


async def retain(ctx: Context) -> int:
    """Do what every site's settings say; gives how many comments and addresses went.

    At most 100,000 of each a run, in short transactions; the next run goes on. What went is in the audit
    trail as a number.
    """
    async with ctx.db.read(moderation=True) as conn:
        every = {site.slug: site.id for site in await sites.every(conn)}
        found = await site_settings.of_sites(conn, list(every.values()))
    return sum([await _retain(ctx, every[stored.site], stored) for stored in found])


async def _retain(ctx: Context, site_id: int, stored: StoredSettings) -> int:
    settings = stored.settings
    emptied = deleted = 0
    if settings.keep_rejected_days is not None:
        emptied = await _by_batches(
            ctx, tombstones.empty, site_id, _id_before(ctx, settings.keep_rejected_days)
        )
    if settings.keep_contacts_days is not None:
        deleted = await _by_batches(
            ctx, tombstones.drop_contacts, site_id, _id_before(ctx, settings.keep_contacts_days)
        )
    if emptied or deleted:
        told = f"{emptied} comments emptied, {deleted} addresses deleted"
        async with ctx.db.transaction(moderation=True) as conn:
            await audit.record(conn, AuditEvent("site.retained", ACTOR, site_id, stored.site, after=told))
    return emptied + deleted


async def _by_batches(ctx: Context, work: _Work, site_id: int, until: UUID) -> int:
    gone = 0
    for _ in range(_MOST_BATCHES):
        async with ctx.db.transaction(moderation=True) as conn:
            batch = await work(conn, site_id, until, _AT_ONCE)
        gone += batch
        if batch < _AT_ONCE:
            break
    return gone


def _id_before(ctx: Context, days: int) -> UUID:
    """What every comment older than this has a smaller id than."""
    return first_id(int((ctx.clock() - timedelta(days=days)).timestamp() * 1000))
