"""Freezes what a query finds, so that a decision can name all of it and nothing else."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import FieldError, InvalidFields
from service.ids import new_id
from service.model.comments import Status
from service.model.people import Principal
from service.model.queue import Filters, Order
from service.model.selections import MAX_SELECTED, SELECTION_LASTS, Selection
from service.store import comments, queue, selections
from service.store.conditions import Sought
from service.store.database import Connection
from service.store.places import Place

STEP: Final = 5_000
_MOST_SAMPLES: Final = 5
_MOST_SECONDS: Final = 15


async def select(ctx: Context, by: Principal, filters: Filters, query: Mapping[str, object]) -> Selection:
    """Freeze what is under these filters, of the sites that are theirs; `query` is how they were said.

    What comes in from now on is no part of it. Raises what `queue.look_up` raises, and `InvalidFields`
    where more than `MAX_SELECTED` are found, or where finding them takes too long.
    """
    selection_id = new_id()
    async with ctx.db.transaction(moderation=True) as conn:
        sought = await queue.look_up(conn, by, replace(filters, order=Order.OLDEST))
        said = json.dumps(query, default=str)
        expires_at = await selections.add(conn, selection_id, by.name, said, SELECTION_LASTS)
        counts, samples = await _freeze(conn, selection_id, sought)
        await selections.set_size(conn, selection_id, counts.total())
        shown = await comments.many(conn, sought.site_ids, samples)
    return Selection(selection_id, counts.total(), counts, shown, expires_at)


async def _freeze(
    conn: Connection, selection_id: UUID, sought: Sought
) -> "tuple[Counter[Status], list[UUID]]":
    """Freeze step by step, so that no statement runs long; gives how many by status, and some of them."""
    counts, samples = Counter[Status](), list[UUID]()
    after: Place | None = None
    clock = asyncio.get_running_loop().time
    until = clock() + _MOST_SECONDS
    while True:
        found, stopped = await queue.search(conn, sought, after, STEP)
        ids = [place.id for _, place in found]
        counts.update(await selections.freeze(conn, selection_id, [site for site, _ in found], ids))
        samples = samples or ids[:: max(1, len(ids) // _MOST_SAMPLES)][:_MOST_SAMPLES]
        if counts.total() > MAX_SELECTED:
            detail = f"More than {MAX_SELECTED:,} comments are like this. Ask for fewer."
            raise InvalidFields([FieldError("/query", "query.too_many", detail)])
        if stopped is None and len(found) < STEP:
            return counts, samples
        if clock() > until:
            detail = "To find all of these takes too long. Ask for fewer, by site, page or time."
            raise InvalidFields([FieldError("/query", "query.too_slow", detail)])
        after = stopped or found[-1][1]
