"""Everything that is kept under an e-mail address is erased, here and in whatever is restored later.

First it is written down: in the ledger, a file that no restored database can take back, and in the table
`erasure`, in one transaction with whatever gave the right to it. Then it is carried out, some comments at a
time. What was interrupted is found in the table, and what was restored away by comparing both.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.ids import new_id
from service.model.comments import LockedComment, Status
from service.model.email import EmailAddress
from service.model.events import Kind
from service.model.people import AuditEvent
from service.model.privacy import Erased, Erasure
from service.model.sites import Site
from service.screening.telling import tells_its_author
from service.store import (
    anonymising,
    audit,
    comments,
    erasures,
    events,
    learners,
    outbox,
    privacy_requests,
    sites,
    tombstones,
)
from service.store.database import Connection
from service.vault import Ledger

ACTOR: Final = "erasure"
_BATCH: Final = 50
_START: Final = UUID(int=0)
_log = structlog.get_logger("greenroom.erase")

Progress = Callable[[int], None]
# What a site signs comments with that stay without their authors' names.
Naming = Callable[[Site], str]


async def erase(
    ctx: Context,
    of_sites: Sequence[Site],
    email: EmailAddress,
    *,
    actor: str,
    naming: Naming | None = None,
    progress: Progress | None = None,
) -> Erased:
    """Erase what these sites keep under this address; gives what went.

    With `naming`, published comments stay, tied to nobody, unless their text tells who wrote it.

    Raises `Unavailable` where the ledger cannot be written: then nothing is erased.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        planned = await plan(ctx, conn, of_sites, email, naming)
    return await carry_out_all(ctx, planned, actor=actor, progress=progress)


async def plan(
    ctx: Context, conn: Connection, of_sites: Sequence[Site], email: EmailAddress, naming: Naming | None
) -> Sequence[Erasure]:
    """Write the erasure down, so that it is carried out whatever happens next."""
    now, until = ctx.clock(), new_id()
    planned = [
        Erasure(
            site.id,
            new_id(),
            tuple(ctx.vault.digests(email, site.id)),
            until,
            now,
            naming(site) if naming else None,
        )
        for site in of_sites
    ]
    waiting = mail_digest(ctx, email)
    await outbox.forget(conn, waiting)
    await privacy_requests.forget(conn, waiting, now)
    await erasures.add(conn, planned)
    # Last, before the commit: what is in the file and not in the table is carried out at the next start.
    await asyncio.to_thread(Ledger(ctx.settings.own_ledger).append, planned)
    return planned


async def carry_out_all(
    ctx: Context, planned: Sequence[Erasure], *, actor: str, progress: Progress | None = None
) -> Erased:
    """Carry erasures out, and record each in the audit trail: by whom and how many, never whose."""
    total = Erased()
    for erasure in planned:
        # What was to be deleted before is not to stay because the same person asks for less afterwards.
        async with ctx.db.read(moderation=True) as conn:
            earlier = await erasures.earlier(conn, erasure)
        for each in earlier:
            await _carry_out(ctx, each, ACTOR, lambda _done: None)
        total += await _carry_out(ctx, erasure, actor, lambda done: progress and progress(done))
    return total


async def finish_erasures(ctx: Context) -> int:
    """Carry out what was interrupted; gives how many comments went."""
    async with ctx.db.read(moderation=True) as conn:
        planned = await erasures.unfinished(conn)
    return (await carry_out_all(ctx, planned, actor=ACTOR)).comments


async def replay(ctx: Context) -> int:
    """Hold the database to the ledger, before anybody is served; gives how many comments went.

    What the file has and the table has not was erased after the backup that this database comes from. The
    other way round, the file was lost or belongs to another machine, and gets what it lacks.
    """
    ledger = Ledger(ctx.settings.own_ledger)
    listed = await asyncio.to_thread(ledger.read)
    async with ctx.db.transaction(moderation=True) as conn:
        stored = await erasures.every(conn)
        lacking = {each.id for each in listed} - {each.id for each in stored}
        await erasures.add(conn, [each for each in listed if each.id in lacking])
    unlisted = {each.id for each in stored} - {each.id for each in listed}
    if unlisted:
        await asyncio.to_thread(ledger.append, [each for each in stored if each.id in unlisted])
    if lacking:
        _log.warning("erasures.replayed", erasures=len(lacking))
    return await finish_erasures(ctx)


def mail_digest(ctx: Context, email: EmailAddress) -> bytes:
    """What finds the mails and requests of an address, whichever site they are about."""
    return ctx.vault.tag("mail", email.canonical.encode())


async def _carry_out(ctx: Context, erasure: Erasure, actor: str, progress: Progress) -> Erased:
    total = Erased()
    while True:
        async with ctx.db.transaction(moderation=True) as conn:
            batch = await _erase_batch(conn, erasure)
        total += batch
        progress(batch.comments)
        if batch.comments < _BATCH:
            break
    async with ctx.db.transaction(moderation=True) as conn:
        gone = await erasures.forget_rules(conn, erasure.site_id, erasure.digests)
        total += Erased(0, {"rule": gone})
        if await erasures.done(conn, erasure):
            stay = f", {total.anonymised} of them stay" if erasure.called else ""
            told = f"{total.comments} comments{stay}"
            event = AuditEvent("privacy.erased", actor, erasure.site_id, str(erasure.id), after=told)
            await audit.record(conn, event)
    _log.info("privacy.erased", site=erasure.site_id, comments=total.comments)
    return total


async def _erase_batch(conn: Connection, erasure: Erasure) -> Erased:
    """Up to `_BATCH` comments: what went is not found again, so that each batch begins at the beginning."""
    site_id = erasure.site_id
    found = await erasures.comments(conn, site_id, erasure.digests, _START, erasure.until, _BATCH)
    if not found:
        return Erased()
    locked = await comments.lock_many(conn, [site_id], found)
    rows = await erasures.counts(conn, site_id, found)
    staying = await _anonymise(conn, erasure, found)
    for comment in locked:
        if comment.id not in staying:
            await tombstones.bury(conn, site_id, comment.id, "erased")
            # Of what stays no console is told: for a day, that would say which comments belong together.
            await events.add(conn, Kind.EDITED, site_id, comment.id, comment.version + 1)
    await erasures.forget_talk(conn, site_id, found)
    for page_id, gone in sorted(_published(locked, staying).items()):
        await sites.count_approved(conn, site_id, page_id, -gone)
    await learners.mark_stale(conn, [site_id])
    return Erased(len(locked), rows, len(staying))


async def _anonymise(conn: Connection, erasure: Erasure, found: Sequence[UUID]) -> set[UUID]:
    """Cut the ties of those that may stay; gives which."""
    if erasure.called is None:
        return set()
    said = await anonymising.published(conn, erasure.site_id, found)
    staying = {comment_id for comment_id, words in said.items() if not tells_its_author(words)}
    await anonymising.anonymise(conn, erasure.site_id, sorted(staying), erasure.called)
    return staying


def _published(locked: Sequence[LockedComment], staying: set[UUID]) -> dict[UUID, int]:
    """The pages that look different now, and how many comments left each."""
    found: dict[UUID, int] = {}
    for comment in locked:
        if comment.status is Status.APPROVED and not comment.gone:
            found[comment.page_id] = found.get(comment.page_id, 0) + (comment.id not in staying)
    return found
