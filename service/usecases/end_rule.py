"""Standing rules end before their time: one by one, or with the batch that made them."""

from collections.abc import Sequence
from uuid import UUID

from service.context import Context
from service.errors import RuleNotFound
from service.model.people import AuditEvent, Principal
from service.model.rules import RuleRecord
from service.model.sites import Site
from service.store import audit, rules
from service.store.database import Connection


async def end_rule(ctx: Context, by: Principal, site: Site, rule_id: UUID) -> RuleRecord:
    """End a rule: it decides nothing from now on, and what it decided stays. One that ended stays as it is.

    Raises `RuleNotFound`.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        ended = await rules.end(conn, site.id, rule_id)
        found = await rules.get(conn, site.id, rule_id)
        if found is None:
            raise RuleNotFound
        if ended:
            await audit.record(conn, AuditEvent("rule.ended", by.name, site.id, str(rule_id)))
    return found


async def end_rules_of(
    conn: Connection, by: Principal, site_ids: Sequence[int], batch_id: UUID
) -> Sequence[UUID]:
    """End the rules that a batch made, and give the ids of all of them, those that ended before too."""
    ended = await rules.end_of_batch(conn, site_ids, batch_id)
    events = [AuditEvent("rule.ended", by.name, site_id, str(rule_id)) for site_id, rule_id in ended]
    await audit.record_many(conn, events)
    return await rules.of_batch(conn, site_ids, batch_id)
