"""Whether a submission is let in: nothing said before, within the network's limits, or with a proof."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Final, NoReturn

from service.context import Context
from service.errors import ProofNeeded, RateLimited, SaidBefore
from service.filters.fill_time import TOO_FAST_SECONDS
from service.model.sites import Site
from service.model.submissions import Delivery, Submission
from service.screening.facts import Facts
from service.store import floods, limits, submissions
from service.store.submissions import Earlier, Limit
from service.usecases import proof_of_work
from service.usecases.limit import SENTENCE, limit_of
from service.usecases.proof_of_work import Proof

# Behind the limit of a network is a second one for what proves its work, or cannot: so many times as large.
SECOND_LIMIT: Final = 5
_chance: Final = SystemRandom()


@dataclass(frozen=True, slots=True)
class Admitted:
    """How a submission was let in.

    `same` is the key under which the same words of the same author are known again, `proof` what was proved,
    `unproved` says that a proof was due that its sender could not give.
    """

    same: bytes | None
    proof: Proof | None
    unproved: bool


async def admit(
    ctx: Context, site: Site, submission: Submission, delivery: Delivery, key: bytes | None, same: bytes
) -> Earlier | Admitted:
    """What was stored under this idempotency key before, else how the submission was let in.

    Raises `SaidBefore`, `InvalidProof`, and `RateLimited`, with a challenge for who may go on with a proof.
    """
    proof, limit = None, None
    if not delivery.trusted:
        limit = limit_of(ctx, delivery.network)
        if delivery.proof:
            proof = proof_of_work.read(ctx, delivery.proof, site.id, submission.page.id)
            limit = _second(ctx, delivery, limit)
    found, known_by = await _ask(ctx, site, key, limit, same if delivery.once else None)
    if isinstance(found, Earlier):
        return found
    if not found and limit:
        if proof or delivery.can_prove:
            await _refuse(ctx, limit, None if proof else _challenge(ctx, site, submission))
        await _charge_unproved(ctx, delivery)
    if proof:
        await proof_of_work.confirm(proof)
    return Admitted(known_by, proof, unproved=not found)


async def _ask(
    ctx: Context, site: Site, key: bytes | None, limit: Limit | None, same: bytes | None
) -> tuple[Earlier | bool, bytes | None]:
    """What is known under these keys, else whether the limit lets it through; and the key of the words."""
    async with ctx.db.read() as conn:
        found = await submissions.admit(conn, site.id, key, limit, same)
        while isinstance(found, Earlier) and same and not found.is_retry:
            if found.is_there:
                raise SaidBefore(found.comment_id)
            # What was said is gone again, so it may be said anew, under a key that was not used yet.
            same = hashlib.sha256(same + found.comment_id.bytes).digest()
            found = await submissions.admit(conn, site.id, key, limit, same)
    return found, same


async def _refuse(ctx: Context, limit: Limit, challenge: Mapping[str, object] | None) -> NoReturn:
    async with ctx.db.read() as conn:
        wait = await limits.wait(conn, limit.key, limit.every, limit.burst)
    raise RateLimited(int(wait) + 1, SENTENCE, challenge)


async def meet_flood(
    ctx: Context, site: Site, submission: Submission, delivery: Delivery, admitted: Admitted, facts: Facts
) -> Admitted:
    """In a flood, ask those of whom nothing good is known for a proof; who cannot give one is let in marked.

    Raises `ProofNeeded`.
    """
    if not site.flooded or delivery.trusted or admitted.proof or facts.author.approved:
        return admitted
    if delivery.can_prove:
        async with ctx.db.read() as conn:
            await floods.count_asked(conn, site.id, _chance.randrange(floods.SLOTS))
        raise ProofNeeded(_challenge(ctx, site, submission))
    return replace(admitted, unproved=True)


def is_held(site: Site, delivery: Delivery, admitted: Admitted, facts: Facts) -> bool:
    """Whether people must decide this, whatever the policy would approve by itself."""
    if delivery.trusted:
        return False
    unknown = site.flooded and not facts.author.approved
    hasty = delivery.fill_seconds is not None and delivery.fill_seconds < TOO_FAST_SECONDS
    return admitted.unproved or unknown or hasty or facts.poses or not delivery.has_form_token


def _second(ctx: Context, delivery: Delivery, first: Limit) -> Limit:
    key = ctx.vault.tag("limit-proved", delivery.network.encode())
    return Limit(key, first.every / SECOND_LIMIT, first.burst * SECOND_LIMIT)


async def _charge_unproved(ctx: Context, delivery: Delivery) -> None:
    """A plain form cannot prove anything, and is not locked out either, up to the second limit."""
    limit = _second(ctx, delivery, limit_of(ctx, delivery.network))
    async with ctx.db.read() as conn:
        wait = await limits.hit(conn, limit.key, limit.every, limit.burst)
    if wait is not None:
        raise RateLimited(int(wait) + 1, SENTENCE)


def _challenge(ctx: Context, site: Site, submission: Submission) -> Mapping[str, object]:
    return proof_of_work.challenge(ctx, site.id, submission.page.id)
