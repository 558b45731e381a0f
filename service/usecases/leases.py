"""Taking comments to look at: the next ones that nobody else holds, for some minutes that can be extended.

A lease keeps colleagues from taking the same comment. It does not keep anybody from deciding on it: what
counts there is the version that was seen, so that nobody who holds a comment and has gone to lunch can
block it, and of two decisions one wins and the other is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import FieldRefused
from service.model.comments import Comment, Status
from service.model.people import Principal, Scope
from service.model.queue import Filters
from service.store import comments, leases, queue, sites
from service.store.places import Place

LASTS: Final = timedelta(minutes=5)
# Whoever is handed something has to notice first.
HANDED_LASTS: Final = timedelta(minutes=15)
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken, in the order of the queue, and until when all of it is held (None: there is nothing).

    `partial` says that the search stopped early; there may be more.
    """

    comments: Sequence[Comment]
    until: datetime | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Which leases an act found, until when the first of them lasts, and which of those named it did not."""

    ids: Sequence[UUID]
    until: datetime | None
    lost: Sequence[UUID]


async def take(
    ctx: Context, by: Principal, filters: Filters, count: int, *, lasts: timedelta = LASTS
) -> Taken:
    """Take the next `count` pending comments under these filters that nobody else holds.

    What `by` holds already is among them, so that whoever lost the answer asks again and gets the same.
    Raises what `queue.look_up` raises.
    """
    filters = replace(filters, status=Status.PENDING, available=True)
    ends: dict[UUID, datetime] = {}
    found: list[tuple[int, Place]] = []
    after: Place | None = None
    is_end = False
    async with ctx.db.read(moderation=True) as conn:
        sought = await queue.look_up(conn, by, filters)
        for _ in range(_ROUNDS):
            missing = count - len(found)
            keys, stopped = await queue.search(conn, sought, after, missing)
            ids = [place.id for _, place in keys]
            ends |= await leases.take(conn, [site for site, _ in keys], ids, by.name, lasts)
            found += [each for each in keys if each[1].id in ends]
            is_end = len(keys) < missing and stopped is None
            if is_end or len(found) == count:
                break
            after = stopped or keys[-1][1]
        shown = await comments.listed(conn, [site for site, _ in found], [place.id for _, place in found])
    return Taken(shown, min(ends.values(), default=None), not is_end and len(found) < count)


async def take_these(ctx: Context, by: Principal, ids: Sequence[UUID], *, lasts: timedelta = LASTS) -> Kept:
    """Take these pending comments, or hold them for longer; what somebody else holds is lost."""
    async with ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, by.within(Scope.MODERATE))
        places = await comments.where(conn, site_ids, ids)
        return _kept(ids, await leases.take(conn, *places, by.name, lasts))


async def held(ctx: Context, by: Principal, limit: int = 100) -> Sequence[Comment]:
    """What the caller holds, oldest first."""
    async with ctx.db.read(moderation=True) as conn:
        mine = await leases.held_by(conn, by.name, await sites.visible(conn, by), limit)
        return await comments.listed(conn, *mine)


async def extend(
    ctx: Context, by: Principal, ids: Sequence[UUID] | None, *, lasts: timedelta = LASTS
) -> Kept:
    """Hold these comments (None: all that are held) for so long from now. What has run out is lost."""
    async with ctx.db.read(moderation=True) as conn:
        return _kept(ids, await leases.extend(conn, by.name, await sites.visible(conn, by), ids, lasts))


async def hand_over(ctx: Context, by: Principal, ids: Sequence[UUID] | None, to: str) -> Kept:
    """Make these leases somebody else's; those of sites where they do not decide stay, as if not held.

    Raises `FieldRefused` where nobody of this name decides on any site of the caller's.
    """
    async with ctx.db.read(moderation=True) as conn:
        theirs = await leases.works_for(conn, to, await sites.visible(conn, by))
        if not theirs:
            raise FieldRefused("to.unknown", "Nobody of this name decides on any of your sites.")
        return _kept(ids, await leases.hand_over(conn, by.name, theirs, ids, to, HANDED_LASTS))


async def give_back(ctx: Context, by: Principal, ids: Sequence[UUID] | None) -> Kept:
    """Let go of these comments (None: of all that are held)."""
    async with ctx.db.read(moderation=True) as conn:
        return _kept(ids, await leases.give_back(conn, by.name, await sites.visible(conn, by), ids))


async def return_leases(ctx: Context) -> int:
    """Return what has run out, and tell consoles so; gives how many."""
    async with ctx.db.read(moderation=True) as conn:
        return await leases.return_expired(conn)


def _kept(named: Sequence[UUID] | None, ends: dict[UUID, datetime]) -> Kept:
    lost = [each for each in named or () if each not in ends]
    return Kept(list(ends), min(ends.values(), default=None), lost)
