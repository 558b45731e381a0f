"""The brake on automation: it acts only while people's later decisions bear its advice out."""

import math
from dataclasses import replace
from typing import Final

import structlog

from service.context import Context
from service.model.people import AuditEvent
from service.store import audit, brakes
from service.store.brakes import Brake
from service.store.database import Connection

ACTOR: Final = "policy"
_log = structlog.get_logger("greenroom.brake")


async def check_brakes(ctx: Context) -> int:
    """Measure anew on every site with automation; gives how many brakes were released or put on.

    Each change is an audit event with the figures, and a line in the log. Any number of processes may do
    this at once: the change is told by the one that made it.
    """
    async with ctx.db.read(moderation=True) as conn:
        await brakes.forget(conn)
        automated = await brakes.automated(conn)
    changed = 0
    for site_id, slug in automated:
        async with ctx.db.transaction(moderation=True) as conn:
            changed += await _check(conn, site_id, slug)
    return changed


def sentence(brake: Brake) -> str:
    """What a brake does, why, and what it takes to release it."""
    state = "Acting" if brake.released else "Holding" if brake.wanted else "Off"
    agreed, decided = brake.tally
    seen = f"{agreed:,} of {decided:,} agreed, so at least {_percent(brake.tally.bound)} would"
    known = seen if decided else "nothing was decided yet"
    told = f"{state}: {known}; the target is {_percent(brake.target)}."
    needed = brake.tally.needs(brake.target)
    if brake.released or not needed:
        return told
    return f"{told} It needs about {needed:,} more decision{'s' * (needed > 1)} without a miss."


async def _check(conn: Connection, site_id: int, slug: str) -> int:
    changed = 0
    for found in await brakes.of_site(conn, site_id):
        if not found.wanted:
            continue
        brake = replace(found, released=found.tally.reaches(found.target))
        if await brakes.write(conn, site_id, brake):
            await _tell(conn, site_id, slug, brake)
            changed += 1
    return changed


async def _tell(conn: Connection, site_id: int, slug: str, brake: Brake) -> None:
    action = "automation.released" if brake.released else "automation.braked"
    event = AuditEvent(action, ACTOR, site_id, brake.action.value, after=sentence(brake))
    await audit.record(conn, event)
    tell = _log.info if brake.released else _log.warning
    agreed, decided = brake.tally
    tell(action, site=slug, action=brake.action.value, agreed=agreed, decided=decided, target=brake.target)


def _percent(share: float) -> str:
    """To a tenth, and never rounded up: a bound must not look like a target that it has not reached."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:g} %"
