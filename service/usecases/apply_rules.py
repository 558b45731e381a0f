"""Standing rules decide on a comment as soon as it is stored, in the name of who made them."""

from typing import Final
from uuid import UUID

from service.context import Context
from service.model.decisions import Choice
from service.model.people import Principal, Scope
from service.model.rules import Rule, Traits
from service.model.sites import Site
from service.screening.standing import first_met
from service.store import comments, rules
from service.usecases.decide_locked import Wanted, decide_all

_FIRST_VERSION: Final = 1


async def apply_rules(
    ctx: Context, site: Site, comment_id: UUID, traits: Traits, version: int = _FIRST_VERSION
) -> bool:
    """Whether a rule decided this comment, which is new or was changed: the oldest that it meets.

    The decision counts as the policy's, so that it teaches nothing; its batch is the rule, so that all of
    them can be taken back as one. A comment that somebody has decided already is left alone.
    """
    rule = first_met(site.rules, traits)
    return rule is not None and await _apply(ctx, site, comment_id, rule, version)


async def _apply(ctx: Context, site: Site, comment_id: UUID, rule: Rule, version: int) -> bool:
    by = Principal(rule.actor, frozenset({Scope.MODERATE}), frozenset({site.id}))
    async with ctx.db.transaction() as conn:
        locked = await comments.lock(conn, [site.id], comment_id)
        if locked is None or locked.version != version:
            return False
        if not await rules.use(conn, site.id, rule.id):
            return False
        wanted = Wanted(locked, Choice(rule.action, locked.version, rule.reason))
        await decide_all(conn, by, [wanted], automatic=True, batch_id=rule.id)
    return True
