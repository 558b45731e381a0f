"""The key ring against the database: refused when it does not fit, and rotated batch by batch."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import FieldRefused, WrongKey
from service.model.email import EmailAddress, parse_email
from service.model.people import AuditEvent
from service.store import audit, contacts, people, second_factors
from service.store.contacts import SealedContact
from service.usecases.second_factor import sealed_anew
from service.vault import CannotOpen

_BATCH: Final = 500
_START: Final = (0, UUID(int=0))
_log = structlog.get_logger("greenroom.keys")


async def check_keys(ctx: Context) -> None:
    """Raise `WrongKey` unless every key that sealed something here is at hand and the right one."""
    async with ctx.db.transaction() as conn:
        stored, ours = await contacts.key_checks(conn), ctx.vault.key_checks()
        for key_id, digest in stored.items():
            if ours.get(key_id) != digest:
                raise WrongKey(
                    f"The key ring {ctx.settings.own_key_file} does not fit this database: key {key_id} is "
                    f"{'another one' if key_id in ours else 'missing'}. Put the right key ring back from its "
                    "backup; nothing was written."
                )
        new = {key_id: digest for key_id, digest in ours.items() if key_id not in stored}
        if new:
            await contacts.add_key_checks(conn, new)


async def reseal(ctx: Context, *, actor: str, on_progress: Callable[[int], None]) -> tuple[int, int]:
    """Seal every contact with the newest key; gives how many were sealed anew and how many could not be.

    Each batch is a transaction of its own: a run that was cut short goes on where it stopped.
    `on_progress` is told the number done after each batch.
    """
    newest, done, lost, after = ctx.vault.key_ids[0], 0, 0, _START
    while True:
        async with ctx.db.transaction(moderation=True) as conn:
            rows = await contacts.due(conn, newest, after, _BATCH)
            renewed = [new for row in rows if (new := _renew(ctx, row))]
            await contacts.reseal(conn, newest, renewed)
        done, lost = done + len(renewed), lost + len(rows) - len(renewed)
        on_progress(done)
        if len(rows) < _BATCH:
            break
        after = rows[-1].site_id, rows[-1].comment_id
    async with ctx.db.transaction(moderation=True) as conn:
        for moderator in await people.every(conn):
            renewed_secret = sealed_anew(ctx, moderator)
            if renewed_secret is not None:
                await second_factors.reseal(conn, moderator.id, renewed_secret)
        await audit.record(conn, AuditEvent("keys.rotated", actor, target=f"key {newest}", after=str(done)))
    _log.info("keys.resealed", done=done, lost=lost)
    return done, lost


async def count_due(ctx: Context) -> int:
    """How many contacts the newest key has not sealed."""
    async with ctx.db.read(moderation=True) as conn:
        return await contacts.count_due(conn, ctx.vault.key_ids[0])


def _renew(ctx: Context, row: SealedContact) -> SealedContact | None:
    try:
        plain = ctx.vault.open(row.sealed, site_id=row.site_id, comment_id=row.comment_id)
        sealed = ctx.vault.seal(_address(plain), site_id=row.site_id, comment_id=row.comment_id)
    except CannotOpen:
        _log.error("contact.cannot_open", comment=str(row.comment_id))
        return None
    return SealedContact(row.site_id, row.comment_id, sealed.box, sealed.digest)


def _address(plain: str) -> EmailAddress:
    """What was accepted once stays an address, whatever later rules say."""
    try:
        return parse_email(plain)
    except FieldRefused:
        return EmailAddress(plain, plain.casefold())
