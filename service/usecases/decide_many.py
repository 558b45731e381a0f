"""Decisions on many comments at once: item by item, or a whole campaign.

Whatever the number, rows are taken in the order of their ids and given back after `CHUNK` of them, so that
no statement runs long and nobody waits for somebody who waits for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import CampaignNotFound, CommentNotFound, ServiceError, Unavailable
from service.ids import new_id
from service.model.batches import Answer, Batch, Item, Outcome
from service.model.comments import Comment, LockedComment, Standing, Status
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.rules import RuleKind
from service.model.sites import Site
from service.store import batches, campaigns, comments, rules, sites
from service.store.campaigns import Aim
from service.store.database import Connection
from service.usecases.decide import already_decided, first_answer
from service.usecases.decide_locked import Wanted, decide_all
from service.usecases.make_rule import NewRule, add_rule
from service.usecases.resending import Key

LATEST: Final = UUID(int=(1 << 128) - 1)
# So many comments are one transaction, and so many one request.
CHUNK: Final = 500
MOST: Final = 5_000
AFTER: Final = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED}
_log = structlog.get_logger("greenroom.decide")


async def decide_items(
    ctx: Context, by: Principal, items: Sequence[Item], *, key: Key | None = None
) -> tuple[UUID, Sequence[Answer]]:
    """Decide on each item by itself, as one batch; gives its id and an answer for each, in their order.

    An item that cannot be done does not stop the others: its answer has `CommentNotFound`,
    `AlreadyDecided`, `Conflict`, `OwnDecision`, `KeyReused` or `Unavailable`. No comment may be among
    them twice. Decisions and audit events are written down in the order of the items.
    """
    batch_id = key.batch_id() if key else new_id()
    keys = {item.comment_id: key for item in items} if key else {}
    return batch_id, await _decide_in_order(ctx, by, items, batch_id, keys)


async def decide_apart(
    ctx: Context, by: Principal, items: Sequence[Item], keys: Mapping[UUID, Key]
) -> Sequence[Answer]:
    """Decide on each item as if it had been sent alone with the key of its comment: they are no batch."""
    return await _decide_in_order(ctx, by, items, None, keys)


async def _decide_in_order(
    ctx: Context,
    by: Principal,
    items: Sequence[Item],
    batch_id: UUID | None,
    keys: Mapping[UUID, Key],
) -> Sequence[Answer]:
    answers: list[Answer] = []
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        try:
            answers += await _decide_chunk(ctx, by, chunk, batch_id, keys)
        except Unavailable as error:
            answers += [Answer(item, problem=error) for item in chunk]
    changed = sum(answer.problem is None for answer in answers)
    batch = str(batch_id) if batch_id else None
    _log.info("items.decided", batch=batch, items=len(items), comments=changed)
    return answers


async def _decide_chunk(
    ctx: Context, by: Principal, chunk: Sequence[Item], batch_id: UUID | None, keys: Mapping[UUID, Key]
) -> Sequence[Answer]:
    async with ctx.db.transaction(moderation=True) as conn:
        site_ids = await sites.visible(conn, by.within(Scope.MODERATE))
        found = await comments.lock_many(conn, site_ids, [item.comment_id for item in chunk])
        locked = {comment.id: comment for comment in found}
        wanted = [
            Wanted(locked[each.comment_id], each.choice, _decision_id(keys, each.comment_id))
            for each in chunk
            if each.comment_id in locked and locked[each.comment_id].version == each.choice.version
        ]
        made = await decide_all(conn, by, wanted, batch_id=batch_id)
        late = [
            each.comment_id
            for each in chunk
            if each.comment_id in locked and locked[each.comment_id].version != each.choice.version
        ]
        others = {comment.id: comment for comment in await comments.many(conn, site_ids, late)}
    return [
        _answer(item, locked.get(item.comment_id), made, others, keys.get(item.comment_id)) for item in chunk
    ]


def _answer(
    item: Item,
    locked: LockedComment | None,
    made: dict[UUID, Standing | ServiceError],
    others: dict[UUID, Comment],
    key: Key | None,
) -> Answer:
    if locked is None:
        return Answer(item, problem=CommentNotFound())
    if locked.id in others:
        return _late(item, others[locked.id], key)
    standing = made[locked.id]
    if isinstance(standing, ServiceError):
        return Answer(item, problem=standing)
    return Answer(item, changed(locked, standing.status))


def _late(item: Item, comment: Comment, key: Key | None) -> Answer:
    """The first answer again where this very request decided before, else who was quicker."""
    try:
        earlier = first_answer(comment, item.choice, key)
    except ServiceError as error:
        return Answer(item, problem=error)
    if earlier is None:
        return Answer(item, problem=already_decided(comment))
    before = Status(earlier.decisions[-1].before)
    version = item.choice.version
    locked = LockedComment(comment.id, comment.site_id, comment.page_id, before, version)
    return Answer(item, changed(locked, earlier.status))


def _decision_id(keys: Mapping[UUID, Key], comment_id: UUID) -> UUID:
    return keys[comment_id].decision_id(comment_id) if comment_id in keys else new_id()


@dataclass(frozen=True, slots=True)
class CampaignAct:
    """What somebody decides on a campaign: the comments up to the id `last`, but for those `left_out`.

    For `future_hours`, a rule decides the same way on what joins it later.
    """

    choice: Choice
    last: UUID = LATEST
    left_out: Sequence[UUID] = ()
    future_hours: int | None = None


async def decide_campaign(
    ctx: Context,
    by: Principal,
    site: Site,
    campaign_id: UUID,
    act: CampaignAct,
    *,
    key: Key | None = None,
) -> Batch:
    """Approve or reject every comment of a campaign that the act names, whatever was decided before.

    What is as it should be already stays untouched, and so does what its author took back or wants somebody
    else to look at again. At most `MOST` comments are decided at once; with the
    same `key`, the same request goes on where that one stopped, and gives the first answer again where
    nothing is left. These decisions are not judged twice: one text tells no more than once how far people
    agree. Raises `CampaignNotFound`.
    """
    batch_id, after = (key.batch_id() if key else new_id()), AFTER[act.choice.action]
    aim = Aim(site.id, campaign_id, act.last, act.left_out, after)
    async with ctx.db.read(moderation=True) as conn:
        if not await campaigns.is_one(conn, site.id, campaign_id):
            raise CampaignNotFound
    await _let_stand(ctx, by, site, campaign_id, act, batch_id)
    outcomes: list[Outcome] = []
    start, remaining = comments.FIRST, 0
    while remaining == 0:
        async with ctx.db.transaction(moderation=True) as conn:
            ids = await campaigns.members(conn, aim, start, CHUNK)
            if not ids:
                break
            outcomes += await _decide_members(conn, by, aim, ids, act.choice, batch_id)
            start = ids[-1]
            if len(outcomes) + CHUNK > MOST:
                remaining = await campaigns.count_members(conn, aim, start)
                break
    if key and not any(outcome.changed for outcome in outcomes):
        async with ctx.db.read(moderation=True) as conn:
            outcomes += await batches.outcomes(conn, [site.id], batch_id, MOST)
    _log.info("campaign.decided", campaign=str(campaign_id), action=after.value, comments=len(outcomes))
    return Batch(batch_id, outcomes, remaining)


async def _let_stand(
    ctx: Context, by: Principal, site: Site, campaign_id: UUID, act: CampaignAct, batch_id: UUID
) -> None:
    """Let the decision hold for what is to come, once for each batch; first, so that nothing slips by."""
    if act.future_hours is None:
        return
    async with ctx.db.transaction(moderation=True) as conn:
        if await rules.of_batch(conn, [site.id], batch_id):
            return
        choice = act.choice
        wanted = NewRule(
            kind=RuleKind.CAMPAIGN,
            action=choice.action,
            reason=choice.reason,
            hours=act.future_hours,
            value=str(campaign_id),
        )
        await add_rule(conn, by, site.id, wanted, batch_id)


async def _decide_members(
    conn: Connection, by: Principal, aim: Aim, ids: Sequence[UUID], choice: Choice, batch_id: UUID
) -> Sequence[Outcome]:
    locked = await comments.lock_many(conn, [aim.site_id], ids)
    wanted = [
        Wanted(each, Choice(choice.action, each.version, choice.reason, choice.note))
        for each in locked
        if each.status is not aim.after
    ]
    made = await decide_all(conn, by, wanted, batch_id=batch_id, may_be_drawn=False)
    return [
        changed(each.locked, aim.after) if isinstance(made[each.locked.id], Standing) else left(each.locked)
        for each in wanted
    ]


def left(locked: LockedComment) -> Outcome:
    """That nothing was done to this comment."""
    return replace(changed(locked, locked.status), version=locked.version, changed=False)


def changed(locked: LockedComment, after: Status) -> Outcome:
    """That a decision led this comment to `after`."""
    return Outcome(
        site_id=locked.site_id,
        comment_id=locked.id,
        page_id=locked.page_id,
        before=locked.status,
        after=after,
        version=locked.version + 1,
        changed=True,
    )
