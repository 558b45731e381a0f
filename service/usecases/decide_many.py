"""One decision on a whole campaign, and its undoing, each in one transaction."""

from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import BatchNotFound, CampaignNotFound
from service.ids import new_id
from service.model.campaigns import Batch, Outcome
from service.model.comments import LockedComment, Status
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal
from service.model.sites import Site
from service.store import campaigns, sites
from service.store.database import Connection
from service.usecases.decide import decide_locked

LATEST: Final = UUID(int=(1 << 128) - 1)
_AFTER: Final = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED}
_log = structlog.get_logger("greenroom.decide")


async def decide_campaign(
    ctx: Context,
    by: Principal,
    site: Site,
    campaign_id: UUID,
    action: Action,
    reason: Reason | None = None,
    note: str | None = None,
    *,
    last: UUID = LATEST,
) -> Batch:
    """Approve or reject every comment of a campaign up to the id `last`, whatever was decided before.

    What is as it should be already stays untouched. Raises `CampaignNotFound`.
    """
    batch_id, after = new_id(), _AFTER[action]
    async with ctx.db.transaction(moderation=True) as conn:
        members = await campaigns.lock_members(conn, site.id, campaign_id, last)
        if not members:
            raise CampaignNotFound
        outcomes = []
        for member in members:
            if member.status is not after:
                choice = Choice(action, member.version, reason, note)
                await decide_locked(conn, by, member, choice, batch_id=batch_id)
            outcomes.append(_outcome(member, after, changed=member.status is not after))
    changed = sum(outcome.changed for outcome in outcomes)
    _log.info("campaign.decided", campaign=str(campaign_id), action=action.value, comments=changed)
    return Batch(batch_id, site.id, outcomes)


async def undo_batch(ctx: Context, by: Principal, batch_id: UUID) -> Batch:
    """Undo one act on many comments; what somebody decided anew since is left as it is.

    Raises `BatchNotFound`, also for a batch of a site that is not theirs. The undoing is a batch itself.
    """
    undoing = new_id()
    async with ctx.db.transaction(moderation=True) as conn:
        found = await campaigns.lock_batch(conn, await sites.visible(conn, by), batch_id)
        if not found:
            raise BatchNotFound
        outcomes = [
            await _undo(conn, by, comment, undoing) if is_latest else _outcome(comment, comment.status)
            for comment, is_latest in found
        ]
    _log.info("batch.undone", batch=str(batch_id), comments=sum(outcome.changed for outcome in outcomes))
    return Batch(undoing, found[0][0].site_id, outcomes)


async def _undo(conn: Connection, by: Principal, comment: LockedComment, batch_id: UUID) -> Outcome:
    choice = Choice(Action.UNDO, comment.version)
    standing = await decide_locked(conn, by, comment, choice, batch_id=batch_id)
    return _outcome(comment, standing.status, changed=True)


def _outcome(comment: LockedComment, after: Status, *, changed: bool = False) -> Outcome:
    return Outcome(
        comment_id=comment.id,
        page_id=comment.page_id,
        before=comment.status,
        after=after,
        version=comment.version + changed,
        changed=changed,
    )
