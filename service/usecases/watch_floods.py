"""Flood mode: begun and ended by what is measured, or by hand, and told once each time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.ids import first_id
from service.model.events import Kind
from service.model.floods import BASELINE_DAYS, WINDOW, Flood, Measured, measure, sentence
from service.model.people import AuditEvent
from service.model.sites import Site
from service.store import audit, events, floods, sites
from service.store.database import Connection

ACTOR: Final = "flood"
_NOBODY: Final = UUID(int=0)
_log = structlog.get_logger("greenroom.flood")


async def watch_floods(ctx: Context) -> int:
    """Measure every site; gives how many floods began or ended.

    Any number of processes may do this at once: a change is told by the one that made it.
    """
    async with ctx.db.read(moderation=True) as conn:
        every = await sites.every(conn)
    return sum([await _watch(ctx, site) for site in every])


async def switch_flood(
    ctx: Context, site: Site, wanted: bool | None, lasts: timedelta, *, actor: str
) -> Flood:
    """Switch flood mode on or off for a while, or (None) leave it to what is measured again."""
    now = ctx.clock()
    async with ctx.db.transaction(moderation=True) as conn:
        before = await floods.lock(conn, site.id)
        until = None if wanted is None else now + lasts
        flood = replace(before, wanted=wanted, wanted_by=actor if until else None, wanted_until=until)
        said = "by itself" if until is None else f"{_word(bool(wanted))} until {until:%Y-%m-%d %H:%M} UTC"
        await audit.record(conn, AuditEvent("flood.set", actor, site.id, site.slug, after=said))
        return (await _settle(conn, site, flood, now, actor))[0]


async def flood_of(ctx: Context, site: Site) -> Flood:
    """Where the site stands."""
    async with ctx.db.read(moderation=True) as conn:
        return await floods.read(conn, site.id) or Flood()


async def _watch(ctx: Context, site: Site) -> bool:
    now, floor = ctx.clock(), ctx.settings.flood_floor
    async with ctx.db.read(moderation=True) as conn:
        pressure = await floods.pressure(conn, site.id, _first_id(now - WINDOW), WINDOW)
        if pressure <= floor and await floods.read(conn, site.id) is None:
            return False
        measured = await _measure(conn, site.id, pressure, now, floor)
    async with ctx.db.transaction(moderation=True) as conn:
        before = await floods.lock(conn, site.id)
        flood = before.after(measured, now)
        if flood.wanted_until and not flood.is_by_hand(now):
            flood = replace(flood, wanted=None, wanted_by=None, wanted_until=None)
        return (await _settle(conn, site, flood, now, ACTOR))[1]


async def _measure(conn: Connection, site_id: int, pressure: int, now: datetime, floor: int) -> Measured:
    first = await floods.first_hour(conn, site_id)
    known = (now - first) / timedelta(days=1) if first else 0.0
    days = min(BASELINE_DAYS, int(known))
    # The hour of the day, and the ones before and after: three samples of each day.
    of_day = [(now.hour + step) % 24 for step in (-1, 0, 1)]
    until = now.replace(minute=0, second=0, microsecond=0)
    found = await floods.hours(conn, site_id, until - timedelta(days=days), until, of_day)
    # What is not in the table was quiet.
    quiet = max(0, days * len(of_day) - len(found))
    return measure(pressure, [*found, *[0] * quiet], known, floor)


async def _settle(
    conn: Connection, site: Site, flood: Flood, now: datetime, actor: str
) -> tuple[Flood, bool]:
    """Write it down, and tell people if it is something new."""
    on = flood.is_on(now)
    is_new = on != flood.told
    await floods.write(conn, site.id, replace(flood, told=on))
    if is_new:
        action = "flood.began" if on else "flood.ended"
        told = sentence(flood, now)
        await audit.record(conn, AuditEvent(action, actor, site.id, site.slug, after=told))
        await events.add(conn, Kind.FLOOD, site.id, _NOBODY, int(on), actor)
        seen = flood.measured
        tell = _log.warning if on else _log.info
        tell(action, site=site.slug, pressure=seen.pressure, usual=seen.usual, threshold=seen.threshold)
    return replace(flood, told=on), is_new


def _first_id(moment: datetime) -> UUID:
    return first_id(int(moment.timestamp() * 1000))


def _word(on: bool) -> str:
    return "on" if on else "off"
