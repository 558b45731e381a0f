"""What authors may do to their own comments: look, change, take back, and ask once for a second look.

Each of these may be repeated: what is so already stays so, and the answer is the same.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from random import SystemRandom
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import CommentNotFound, EditClosed, NoSecondLook, ServiceError
from service.model.authoring import OwnComment, Told
from service.model.comments import LockedComment, Status
from service.model.events import Kind
from service.model.people import AuditEvent
from service.model.privacy import Ended
from service.model.rules import Traits
from service.model.screenings import Policy
from service.model.sites import Site
from service.screening.candidate import Words
from service.screening.facts_json import facts_from_json, facts_to_json
from service.screening.knowledge import Knowledge
from service.store import audit, comments, events, learners, own, revisions, sites, tombstones
from service.store.database import Connection
from service.store.revisions import NewText
from service.usecases.apply_rules import apply_rules
from service.usecases.automate import Course, carried_out, choose, policy_principal
from service.usecases.decide import decide
from service.usecases.gather import gather_again
from service.usecases.limit import charge
from service.vault import Ledger

ACTOR: Final = "author"
MOST_EDITS: Final = 20
_chance: Final = SystemRandom()
_log = structlog.get_logger("greenroom.own")


async def look(ctx: Context, site: Site, comment_id: UUID) -> OwnComment:
    """The author's own comment; `CommentNotFound`."""
    async with ctx.db.view() as conn:
        return await _get(conn, site, comment_id)


async def look_at_all(
    ctx: Context, site: Site, page_id: UUID, comment_ids: Sequence[UUID]
) -> Sequence[OwnComment]:
    """Those of these comments that are on this page, as the thread has them."""
    if not comment_ids:
        return []
    async with ctx.db.view() as conn:
        found = await own.by_ids(conn, site.id, comment_ids)
    return [comment for comment in found if comment.page_id == page_id]


async def edit(
    ctx: Context,
    site: Site,
    policy: Policy,
    comment_id: UUID,
    text: str,
    network: str,
    knowledge: Knowledge | None = None,
) -> OwnComment:
    """Put another text in the place of the comment's, judged like a new one; the earlier text is kept.

    It waits for a moderator again, whatever was decided on what it said before, unless the policy decides.
    Raises `CommentNotFound`, `EditClosed` when the time is over, it was changed twenty times or a moderator
    has rejected it, `RateLimited`.
    """
    before = await look(ctx, site, comment_id)
    if before.text == text:
        return before
    if not before.may_edit(ctx.clock()):
        raise EditClosed
    await charge(ctx, network)
    new, course = await _judge(ctx, site, policy, before, text, knowledge or Knowledge(site.id))
    async with ctx.db.transaction() as conn:
        locked = await _lock(conn, site, comment_id)
        present = await _get(conn, site, comment_id)
        if present.text == text:
            return present
        # What was decided while the filters ran may have ended the right to change it.
        often = await revisions.count(conn, site.id, comment_id) >= MOST_EDITS
        if often or not present.may_edit(ctx.clock()):
            raise EditClosed
        await revisions.replace(conn, site.id, comment_id, new)
        await _left_the_thread(conn, locked)
        await _tell(conn, locked, "comment.edited", Status.PENDING, Kind.EDITED)
    _log.info("comment.edited", comment=str(comment_id), before=locked.status.value)
    await _decide(ctx, site, comment_id, locked.version + 1, new, course)
    return await look(ctx, site, comment_id)


async def withdraw(ctx: Context, site: Site, comment_id: UUID) -> OwnComment:
    """Take the comment back: what it said is gone, replies stay below its place. `CommentNotFound`."""
    async with ctx.db.transaction() as conn:
        locked = await _lock(conn, site, comment_id)
        await _get(conn, site, comment_id)
        if not locked.gone:
            await tombstones.bury(conn, site.id, comment_id, "withdrawn")
            await _left_the_thread(conn, locked)
            await _tell(conn, locked, "comment.withdrawn", None, Kind.EDITED)
            _log.info("comment.withdrawn", comment=str(comment_id), before=locked.status.value)
        found = await _get(conn, site, comment_id)
        if not locked.gone:
            # Last, before the commit: what is in the file alone is carried out at the next start.
            ended = Ended("withdrawn", site.id, str(comment_id))
            await asyncio.to_thread(Ledger(ctx.settings.own_ledger).end, ended)
        return found


async def withdraw_again(conn: Connection, site_id: int, ids: Sequence[UUID]) -> int:
    """Take back those of these comments that a restored database has again; gives how many."""
    found = [each for each in await comments.lock_many(conn, [site_id], ids) if not each.gone]
    for locked in found:
        await tombstones.bury(conn, site_id, locked.id, "withdrawn")
        await _left_the_thread(conn, locked)
        await _tell(conn, locked, "comment.withdrawn", None, Kind.EDITED)
    return len(found)


async def appeal(ctx: Context, site: Site, comment_id: UUID, words: str | None = None) -> OwnComment:
    """Ask for a second look at a rejected comment, by somebody else than the one who rejected it.

    `words` are for that moderator alone.

    Raises `CommentNotFound`, `NoSecondLook` where there is nothing to look at again or somebody has done so.
    """
    async with ctx.db.transaction() as conn:
        locked = await _lock(conn, site, comment_id)
        present = await _get(conn, site, comment_id)
        if present.may_appeal(ctx.clock()):
            await own.appeal(conn, site.id, comment_id, words)
            await learners.mark_stale(conn, [site.id])
            await _tell(conn, locked, "comment.appealed", Status.PENDING, Kind.NEW)
            _log.info("comment.appealed", comment=str(comment_id))
            return await _get(conn, site, comment_id)
    if present.appealed_at is None or not _still_waits(present, ctx.clock()):
        raise NoSecondLook
    return present


def _still_waits(comment: OwnComment, now: datetime) -> bool:
    return comment.told(now) is Told.PENDING


async def _get(conn: Connection, site: Site, comment_id: UUID) -> OwnComment:
    found = await own.by_ids(conn, site.id, [comment_id])
    if not found:
        raise CommentNotFound
    return found[0]


async def _lock(conn: Connection, site: Site, comment_id: UUID) -> LockedComment:
    locked = await comments.lock(conn, [site.id], comment_id)
    if locked is None:
        raise CommentNotFound
    return locked


async def _decide(
    ctx: Context, site: Site, comment_id: UUID, version: int, new: NewText, course: Course
) -> None:
    """What a standing rule or the policy makes of the new text. Where that fails, it waits in the queue."""
    with suppress(ServiceError):
        if site.rules:
            async with ctx.db.read() as conn:
                network, author = await own.sender(conn, site.id, comment_id)
            traits = Traits(new.campaign_id, new.hosts, [author], network, new.text)
            if await apply_rules(ctx, site, comment_id, traits, version):
                return
        if course is Course.ACT:
            choice = carried_out(new.screening, version)
            await decide(ctx, policy_principal(site.id), comment_id, choice, automatic=True)


async def _left_the_thread(conn: Connection, locked: LockedComment) -> None:
    """Count the page anew where a published comment is none any more, and unlearn what it taught."""
    if locked.status is Status.APPROVED:
        await sites.count_approved(conn, locked.site_id, locked.page_id, -1)
    if locked.status is not Status.PENDING:
        await learners.mark_stale(conn, [locked.site_id])


async def _tell(
    conn: Connection, locked: LockedComment, action: str, after: Status | None, kind: Kind
) -> None:
    """Write it into the audit trail, and tell the consoles."""
    event = AuditEvent(
        action=action,
        actor=ACTOR,
        site_id=locked.site_id,
        target=str(locked.id),
        before=locked.status.value,
        after=after.value if after else "removed",
    )
    await audit.record(conn, event)
    await events.add(conn, kind, locked.site_id, locked.id, locked.version + 1)


async def _judge(
    ctx: Context, site: Site, policy: Policy, before: OwnComment, text: str, knowledge: Knowledge
) -> tuple[NewText, Course]:
    words = Words(text, before.name, before.website)
    async with ctx.db.read() as conn:
        sent = facts_from_json(await own.facts(conn, site.id, before.id))
    known = await gather_again(ctx, site, sent, words, before.id)
    screening = await ctx.screener.screen(words, known.facts, policy, knowledge)
    course = choose(policy, screening, _chance.random)
    new = NewText(
        text=text,
        screening=screening,
        facts=facts_to_json(known.facts),
        policy_version=policy.version,
        terms_version=knowledge.terms_version,
        hosts=known.hosts,
        printed=known.printed,
        campaign_id=known.campaign_id,
        unseen=course is Course.UNSEEN,
    )
    return new, course
