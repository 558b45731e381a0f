"""A restored database has again what was taken back since its backup, until it is held to the ledger."""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.model.people import AuditEvent
from service.store import api_tokens, audit
from service.usecases.own_comments import withdraw_again
from service.vault import Ledger

ACTOR: Final = "ledger"
_BATCH: Final = 200
_log = structlog.get_logger("greenroom.ledger")


async def end_again(ctx: Context) -> int:
    """Withdraw and revoke, before anybody is served, what the ledger has; gives how much there was to do."""
    ended = await asyncio.to_thread(Ledger(ctx.settings.own_ledger).ended)
    total = 0
    for site_id in sorted({each.site_id for each in ended if each.what == "withdrawn"}):
        ids = [UUID(each.id) for each in ended if each.what == "withdrawn" and each.site_id == site_id]
        for start in range(0, len(ids), _BATCH):
            async with ctx.db.transaction(moderation=True) as conn:
                total += await withdraw_again(conn, site_id, ids[start : start + _BATCH])
    async with ctx.db.transaction(moderation=True) as conn:
        for each in ended:
            if each.what == "revoked" and await api_tokens.revoke(conn, each.id):
                total += 1
                event = AuditEvent("token.revoked", ACTOR, each.site_id, f"token {each.id}")
                await audit.record(conn, event)
    if total:
        _log.warning("ledger.replayed", ended=total)
    return total
