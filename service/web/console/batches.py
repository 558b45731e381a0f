"""What was decided as one, its undoing, and many decisions by ticking them off."""

from typing import Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, InvalidFields
from service.ids import parse_id
from service.model.batches import Item
from service.model.decisions import Action, Reason
from service.model.people import Scope
from service.usecases.decide_many import decide_items
from service.usecases.resending import Key
from service.usecases.undo_batch import undo_batch
from service.web.api.batches import show_batch, show_outcomes, summary_of
from service.web.api.moderation import choice_of
from service.web.console.addresses import BATCHES, inside
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.batches import MAX_ITEMS

# A box for each comment, named by its id, whose value is the version that was shown.
_PICK: Final = "pick-"
_ASK_ABOVE: Final = 25


class BatchQuery(In):
    """How many are still to be undone, and how many were passed over."""

    left: int = Field(0, ge=0, le=10**9)
    passed: int = Field(0, ge=0, le=10**9)


class PickForm(OwnForm):
    """One decision on everything that was ticked off; beside these fields there is one for each comment."""

    model_config = ConfigDict(extra="allow")

    action: Literal["approve", "reject"] = "reject"
    reason: Reason | None = None
    sure: Literal["yes"] | None = None
    key: StrictStr | None = Field(None, pattern=r"^[0-9a-f-]{36}$")
    back: StrictStr | None = Field(None, max_length=512)

    def items(self) -> list[Item]:
        """The comments at the versions that were shown; `InvalidFields`."""
        picked = {
            parse_id(name.removeprefix(_PICK)): str(version)
            for name, version in (self.model_extra or {}).items()
            if name.startswith(_PICK)
        }
        items = [
            Item(comment_id, choice_of(Action(self.action), int(version), self.reason, None))
            for comment_id, version in picked.items()
            if comment_id and version.isdecimal() and 0 < int(version) < 2**31
        ]
        if not 0 < len(items) <= MAX_ITEMS:
            sentence = f"Pick 1 to {MAX_ITEMS:,} comments."
            raise InvalidFields([FieldError("/items", "items.number", sentence)])
        return items


@endpoint(
    "GET", f"{BATCHES}/{{batch_id}}", tag="console", needs=Scope.READ, media=HTML, error_page=failure_page
)
async def show_batch_page(call: Call, batch_id: UUID, query: BatchQuery) -> Response:
    """What one act did, and how much of it stands."""
    return page(
        call, "batch.html", batch=await summary_of(call, batch_id), left=query.left, passed=query.passed
    )


@endpoint(
    "POST",
    f"{BATCHES}/{{batch_id}}/undo",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def undo_by_form(call: Call, batch_id: UUID, body: OwnForm) -> Response:
    """Take one act back, and show what that did: it can be taken back too."""
    require_own_form(call, body.csrf)
    batch = await undo_batch(call.ctx, call.principal, batch_id)
    show_batch(call, batch)
    if batch.remaining:
        return go_on(f"{BATCHES}/{batch_id}?left={batch.remaining}")
    return go_on(f"{BATCHES}/{batch.id if batch.outcomes else batch_id}")


@endpoint(
    "POST",
    "/console/decisions",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def decide_picked(call: Call, body: PickForm) -> Response:
    """Decide on what was ticked off; above 25, after asking once."""
    require_own_form(call, body.csrf)
    items = body.items()
    if len(items) > _ASK_ABOVE and body.sure is None:
        return page(call, "confirm.html", form=body, items=items, back=inside(body.back), key=call.request_id)
    key = Key(call.principal.name, body.key) if body.key else None
    batch_id, answers = await decide_items(call.ctx, call.principal, items, key=key)
    outcomes = [answer.outcome for answer in answers if answer.outcome]
    show_outcomes(call, outcomes)
    if not outcomes:
        return go_on(inside(body.back))
    passed = len(items) - len(outcomes)
    return go_on(f"{BATCHES}/{batch_id}?passed={passed}" if passed else f"{BATCHES}/{batch_id}")
