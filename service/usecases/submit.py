"""A reader's comment, from the wire into the queue.

Three statements: one admits (the idempotency key, the words, and the network's limit: `admit`), one gathers
what is known about its like, one stores everything. In between the filters run, beside the event loop and
within a time budget. When this returns, the comment is committed.
"""

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from random import SystemRandom
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import (
    FieldError,
    InvalidFields,
    KeyReused,
    ProofUsed,
    SaidBefore,
    ServiceError,
    ThreadClosed,
)
from service.ids import new_id
from service.model.comments import NewComment, Parent
from service.model.rules import Traits
from service.model.screenings import Policy, Screening, Verdict
from service.model.sites import Site
from service.model.submissions import Delivery, Receipt, Submission
from service.screening.candidate import Words
from service.screening.facts_json import facts_to_json
from service.screening.knowledge import Knowledge
from service.store import submissions
from service.store.database import steadily
from service.store.submissions import Earlier
from service.usecases.admit import Admitted, admit, is_held, meet_flood
from service.usecases.apply_rules import apply_rules
from service.usecases.author_tokens import author_token
from service.usecases.automate import Course, carried_out, choose, policy_principal
from service.usecases.decide import decide
from service.usecases.gather import Known, gather
from service.usecases.lasting import lasting

KEY_LASTS: Final = timedelta(hours=24)
MAX_DEPTH: Final = 50
_chance: Final = SystemRandom()


async def submit(
    ctx: Context,
    site: Site,
    policy: Policy,
    submission: Submission,
    delivery: Delivery,
    knowledge: Knowledge | None = None,
) -> Receipt:
    """Screen and store a submission; the same answer for everybody, whatever the filters think.

    Raises `RateLimited`, `ProofNeeded`, `InvalidProof`, `ProofUsed`, `SaidBefore`, `ThreadClosed`,
    `KeyReused`, `InvalidFields` (a parent that is not on the page), `Unavailable`. A retry with the same
    idempotency key gets the first answer again.
    """
    begun = time.monotonic()
    fingerprint = _fingerprint(ctx, submission)
    key = _key(ctx, delivery, fingerprint)
    same = _same(ctx, submission, delivery, fingerprint)
    admitted = await admit(ctx, site, submission, delivery, key, same)
    if isinstance(admitted, Earlier):
        return _replay(ctx, admitted, fingerprint)
    parent = await _parent(ctx, site, submission)
    known = await gather(ctx, site, submission, delivery)
    admitted = await meet_flood(ctx, site, submission, delivery, admitted, known.facts)
    known = replace(known, facts=replace(known.facts, unproved=admitted.unproved))
    held = is_held(site, delivery, admitted, known.facts)
    judged = await _judge(ctx, policy, submission, known, knowledge or Knowledge(site.id), held=held)
    comment = _new_comment(ctx, site, submission, parent, judged, key, fingerprint, admitted)
    stored = await steadily(lambda: _store(ctx, site, comment))
    if not stored:
        return await _came_second(ctx, site, comment, admitted)
    if site.rules or policy.automatic:
        async with lasting(time.monotonic() - begun):
            await _follow(ctx, site, comment, submission, judged.course)
    return _receipt(ctx, comment.id, replayed=False)


async def _store(ctx: Context, site: Site, comment: NewComment) -> bool:
    async with ctx.db.read() as conn:
        return await submissions.add(conn, comment, key_lasts=KEY_LASTS, close_after=site.close_after)


async def _came_second(ctx: Context, site: Site, comment: NewComment, admitted: Admitted) -> Receipt:
    """What is to be said where a twin was quicker, or the page was closed in the meantime."""
    async with ctx.db.read() as conn:
        found = await submissions.admit(conn, site.id, comment.idempotency_key, None, comment.same)
        used = admitted.proof and await submissions.is_used(conn, site.id, admitted.proof.nonce)
    if isinstance(found, Earlier) and found.is_retry:
        return _replay(ctx, found, comment.fingerprint)
    if isinstance(found, Earlier):
        raise SaidBefore(found.comment_id)
    raise ProofUsed if used else ThreadClosed


async def _parent(ctx: Context, site: Site, submission: Submission) -> Parent | None:
    if submission.parent_id is None:
        return None
    async with ctx.db.read() as conn:
        parent = await submissions.parent(conn, site.id, submission.parent_id, submission.page.id)
    if parent is None:
        code, detail = "parent.unknown", "The comment you reply to is not on this page any more."
    elif parent.depth >= MAX_DEPTH:
        code, detail = "parent.too_deep", "This exchange is too deep; please start a new one."
    else:
        return parent
    raise InvalidFields([FieldError("/parent", code, detail)])


@dataclass(frozen=True, slots=True)
class _Judged:
    """What screening said of a submission, what it knew, and what follows."""

    known: Known
    screening: Screening
    policy_version: int
    terms_version: int
    course: Course


async def _judge(
    ctx: Context, policy: Policy, submission: Submission, known: Known, knowledge: Knowledge, *, held: bool
) -> _Judged:
    words = Words(submission.text, submission.name, submission.website)
    screening = await ctx.screener.screen(words, known.facts, policy, knowledge)
    course = choose(policy, screening, _chance.random)
    if held and screening.verdict is Verdict.APPROVE:
        course = Course.WAIT
    return _Judged(known, screening, policy.version, knowledge.terms_version, course)


async def _follow(
    ctx: Context, site: Site, comment: NewComment, submission: Submission, course: Course
) -> None:
    ruled = await _meets_rule(ctx, site, comment, submission)
    if course is Course.ACT and not ruled:
        await _carry_out(ctx, site, comment)


async def _carry_out(ctx: Context, site: Site, comment: NewComment) -> None:
    """Do what the policy automates. Where that fails, the comment waits in the queue like any other."""
    choice = carried_out(comment.screening, version=1)
    with suppress(ServiceError):
        await decide(ctx, policy_principal(site.id), comment.id, choice, automatic=True)


async def _meets_rule(ctx: Context, site: Site, comment: NewComment, submission: Submission) -> bool:
    """Whether a standing rule decided. Where that fails, the comment waits in the queue like any other."""
    if not site.rules:
        return False
    traits = Traits(
        campaign_id=comment.campaign_id,
        hosts=comment.hosts,
        authors=[digest.hex() for digest in _digests(ctx, site, submission)],
        network=comment.network.hex(),
        text=comment.text,
    )
    with suppress(ServiceError):
        return await apply_rules(ctx, site, comment.id, traits)
    return False


def _new_comment(
    ctx: Context,
    site: Site,
    submission: Submission,
    parent: Parent | None,
    judged: _Judged,
    key: bytes | None,
    fingerprint: bytes,
    admitted: Admitted,
) -> NewComment:
    comment_id = new_id()
    return NewComment(
        id=comment_id,
        site_id=site.id,
        page_id=submission.page.id,
        page_url=submission.page.url,
        page_title=submission.page.title,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else comment_id,
        depth=parent.depth + 1 if parent else 0,
        name=submission.name,
        website=submission.website,
        text=submission.text,
        screening=judged.screening,
        facts=facts_to_json(judged.known.facts),
        policy_version=judged.policy_version,
        terms_version=judged.terms_version,
        network=judged.known.network,
        hosts=judged.known.hosts,
        campaign_id=judged.known.campaign_id,
        printed=judged.known.printed,
        unseen=judged.course is Course.UNSEEN,
        respond_within=site.respond_within,
        contact=_contact(ctx, site, submission, comment_id),
        idempotency_key=key,
        fingerprint=fingerprint,
        same=admitted.same,
        proof=(admitted.proof.nonce, admitted.proof.expires_at) if admitted.proof else None,
        consent=submission.consent,
    )


def _contact(
    ctx: Context, site: Site, submission: Submission, comment_id: UUID
) -> tuple[bytes, bytes, int] | None:
    """The address as it is stored; None where there is none."""
    if submission.email is None:
        return None
    sealed = ctx.vault.seal(submission.email, site_id=site.id, comment_id=comment_id)
    return sealed.box, sealed.digest, sealed.key_id


def _digests(ctx: Context, site: Site, submission: Submission) -> list[bytes]:
    return ctx.vault.digests(submission.email, site.id) if submission.email else []


def _fingerprint(ctx: Context, submission: Submission) -> bytes:
    """What makes two submissions the same; keyed, because the e-mail address is part of it."""
    # No part can hold a NUL, so that joining by it cannot make two submissions look the same.
    parts = (
        submission.page.id.hex,
        submission.name,
        submission.email.canonical if submission.email else "",
        submission.website or "",
        submission.text,
        submission.parent_id.hex if submission.parent_id else "",
    )
    return ctx.vault.tag("fingerprint", "\x00".join(parts).encode(), 32)


def _same(ctx: Context, submission: Submission, delivery: Delivery, fingerprint: bytes) -> bytes:
    """What the same words of the same author in the same place are known by.

    Without an address, everybody in the network is the same author.
    """
    whose = b"" if submission.email else delivery.network.encode()
    return ctx.vault.tag("same-words", fingerprint + whose, 32)


def _key(ctx: Context, delivery: Delivery, fingerprint: bytes) -> bytes | None:
    """The idempotency key as stored.

    A client's own key names one submission. A plain form has none: there, the form's token and what was
    written make the key, so that a double click is one comment and a corrected text is another.
    """
    if delivery.key is None:
        return None
    own = b"" if delivery.key_is_explicit else fingerprint
    return hashlib.sha256(delivery.key + b"\x00" + own).digest()


def _replay(ctx: Context, earlier: Earlier, fingerprint: bytes) -> Receipt:
    if earlier.fingerprint != fingerprint:
        raise KeyReused
    return _receipt(ctx, earlier.comment_id, replayed=True)


def _receipt(ctx: Context, comment_id: UUID, *, replayed: bool) -> Receipt:
    return Receipt(comment_id, author_token(ctx, comment_id), replayed)
