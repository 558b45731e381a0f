"""Decisions on many comments, item by item, and the undoing of whatever was one act."""

from collections.abc import Sequence
from uuid import UUID

from service.errors import BatchNotFound, FieldError, InvalidFields, InvalidRequest, TooLarge
from service.model.batches import Answer, Batch, Item, Outcome, Summary
from service.model.people import Scope
from service.store import batches, sites
from service.usecases.decide_many import decide_apart, decide_items
from service.usecases.resending import Key
from service.usecases.undo_batch import undo_batch
from service.web.api.moderation import choice_of
from service.web.http.endpoint import Call, endpoint
from service.web.http.idempotency import HEADER, key_of
from service.web.http.problems import body_of
from service.web.wire.batches import BatchOut, ItemIn, ItemOut, ItemsIn, ItemsOut, SummaryOut


@endpoint(
    "POST",
    "/v1/decisions",
    tag="moderation",
    needs=Scope.MODERATE,
    headers=(HEADER,),
    problems=(InvalidFields, InvalidRequest, TooLarge),
)
async def add_decisions(call: Call, body: ItemsIn) -> ItemsOut:
    """Decide on up to 1,000 comments; each stands or falls alone, and the answer tells of each."""
    items, keys = _items(body), _keys(call, body)
    batch_id: UUID | None = None
    if keys:
        answers = await decide_apart(call.ctx, call.principal, items, keys)
    else:
        batch_id, answers = await decide_items(call.ctx, call.principal, items, key=key_of(call))
    show_outcomes(call, [answer.outcome for answer in answers if answer.outcome])
    return ItemsOut(
        batch_id=batch_id,
        decided=sum(answer.outcome is not None for answer in answers),
        outcomes=[item_out(call, answer) for answer in answers],
    )


@endpoint("GET", "/v1/batches/{batch_id}", tag="moderation", needs=Scope.READ, problems=(BatchNotFound,))
async def read_batch(call: Call, batch_id: UUID) -> SummaryOut:
    """What one act on many comments did, and how much of it stands."""
    return SummaryOut.model_validate(await summary_of(call, batch_id))


async def summary_of(call: Call, batch_id: UUID) -> Summary:
    """What one act did on the caller's sites; `BatchNotFound`."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await batches.summary(conn, await sites.visible(conn, call.principal), batch_id)
    if found is None:
        raise BatchNotFound
    return found


@endpoint(
    "POST",
    "/v1/batches/{batch_id}/undo",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(BatchNotFound,),
)
async def undo_decisions(call: Call, batch_id: UUID) -> BatchOut:
    """Undo one act on many comments; what happened anew since is left as it is, and its rules end."""
    return show_batch(call, await undo_batch(call.ctx, call.principal, batch_id))


def show_batch(call: Call, batch: Batch) -> BatchOut:
    """The answer; readers of this process see what changed at once."""
    show_outcomes(call, batch.outcomes)
    return BatchOut.model_validate(batch)


def show_outcomes(call: Call, outcomes: Sequence[Outcome]) -> None:
    """Let readers of this process see at once what changed."""
    for site_id, page_id in {(each.site_id, each.page_id) for each in outcomes if each.changed}:
        call.state.threads.drop(site_id, page_id)


def _items(body: ItemsIn) -> list[Item]:
    seen: set[UUID] = set()
    errors: list[FieldError] = []
    items = []
    for number, given in enumerate(body.items):
        if given.comment_id in seen:
            twice = "This comment is among the items twice."
            errors.append(FieldError(f"/items/{number}/comment_id", "comment_id.twice", twice))
        seen.add(given.comment_id)
        try:
            items.append(_item(body, given, f"/items/{number}"))
        except InvalidFields as error:
            errors += error.errors
    if errors:
        raise InvalidFields(errors)
    return items


def _keys(call: Call, body: ItemsIn) -> dict[UUID, Key]:
    """The keys of items that are acts of their own: of all of them, or of none."""
    missing = [number for number, given in enumerate(body.items) if given.key is None]
    if missing and len(missing) < len(body.items):
        some = "Give every item a key of its own, or none of them."
        raise InvalidFields([FieldError(f"/items/{number}/key", "key.required", some) for number in missing])
    by = call.principal.name
    return {given.comment_id: Key(by, given.key) for given in body.items if given.key is not None}


def _item(body: ItemsIn, given: ItemIn, at: str) -> Item:
    action = given.action or body.action
    if action is None:
        detail = "Say the action here, or once for all items."
        raise InvalidFields([FieldError(f"{at}/action", "action.required", detail)])
    # The reason for all is a reason for rejections: an item that approves needs none.
    own = given.action is None or given.action is body.action
    reason = given.reason or (body.reason if own else None)
    return Item(given.comment_id, choice_of(action, given.version, reason, given.note or body.note, at))


def item_out(call: Call, answer: Answer) -> ItemOut:
    """What became of an item, or the problem that it would have been alone."""
    outcome, problem = answer.outcome, answer.problem
    told = body_of(problem, call.request_id) if problem else {}
    return ItemOut.model_validate(
        {
            "comment_id": answer.item.comment_id,
            "status": told.get("status", 201),
            "code": told.get("code"),
            "detail": told.get("detail"),
            "current": told.get("current"),
            "before": outcome.before if outcome else None,
            "after": outcome.after if outcome else None,
            "version": outcome.version if outcome else None,
        }
    )
