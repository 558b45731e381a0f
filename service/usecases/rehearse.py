"""Other rules are tried on what people have decided, before they bite; nothing is changed by it."""

import asyncio
from collections.abc import Callable
from typing import Final

from service.context import Context
from service.model.rehearsals import Proposal, Rehearsal
from service.model.sites import Site
from service.store import policies, rehearsals, terms
from service.usecases.set_policy import refuse_unknown_weights
from service.usecases.set_terms import outcome_of
from service.usecases.trial import Trial

AT_ONCE: Final = 250


async def rehearse(
    ctx: Context,
    site: Site,
    proposal: Proposal,
    *,
    last: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Rehearsal:
    """Try a proposal on the newest `last` comments that people decided; `progress` is told how far it is.

    Raises `FieldRefused` where the proposal itself would be refused.
    """
    async with ctx.db.read(moderation=True) as conn:
        present = (await policies.current(conn, site.id)).policy
        _, listed = await terms.present(conn, site.id)
        of = await rehearsals.count(conn, site.id, last)
    proposed = proposal.policy or present
    refuse_unknown_weights(proposed)
    has_terms = bool(proposal.terms.add or proposal.terms.remove)
    trial = Trial(present, proposed, listed, outcome_of(listed, proposal.terms) if has_terms else None)
    done, before = 0, rehearsals.NEWEST
    while done < of:
        async with ctx.db.read(moderation=True) as conn:
            page = await rehearsals.page(conn, site.id, before, min(AT_ONCE, of - done))
        if not page:
            break
        # Elsewhere than on the event loop, which others wait for.
        await asyncio.to_thread(trial.add, page)
        done, before = done + len(page), page[-1].id
        progress(done, of)
    return trial.result()
