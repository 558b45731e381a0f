"""A reader's comment, from the wire into the queue.

Three statements: one admits (the idempotency key and the network's limit), one gathers what is known
about its like, one stores everything. In between the filters run, beside the event loop and within a time
budget. When this returns, the comment is committed.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import FieldError, InvalidFields, KeyReused, RateLimited, ServiceError, ThreadClosed
from service.ids import new_id
from service.model.comments import NewComment, Parent
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.screenings import Policy, Screening, Verdict
from service.model.sites import Site
from service.model.submissions import Delivery, Receipt, Submission
from service.screening.candidate import Words
from service.screening.facts_json import facts_to_json
from service.screening.knowledge import Knowledge
from service.store import limits, submissions
from service.store.submissions import Earlier, Limit
from service.usecases.automate import Course, choose
from service.usecases.decide import decide
from service.usecases.gather import Known, gather

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

    Raises `RateLimited`, `ThreadClosed`, `KeyReused`, `InvalidFields` (a parent that is not on the
    page), `Unavailable`. A retry with the same idempotency key gets the first answer again.
    """
    fingerprint = _fingerprint(ctx, submission)
    key = _key(ctx, delivery, fingerprint)
    earlier = await _admit(ctx, site, key, delivery)
    if earlier:
        return _replay(ctx, earlier, fingerprint)
    parent = await _parent(ctx, site, submission)
    judged = await _judge(ctx, site, policy, submission, delivery, knowledge or Knowledge(site.id))
    comment = _new_comment(ctx, site, submission, parent, judged, key, fingerprint)
    async with ctx.db.read() as conn:
        stored = await submissions.add(conn, comment, key_lasts=KEY_LASTS, close_after=site.close_after)
        found = await submissions.admit(conn, site.id, key, None) if key and not stored else None
    if isinstance(found, Earlier):
        return _replay(ctx, found, fingerprint)
    if not stored:
        raise ThreadClosed
    if judged.course is Course.ACT:
        await _carry_out(ctx, site, comment)
    return _receipt(ctx, comment.id, replayed=False)


def author_token(ctx: Context, comment_id: UUID) -> str:
    """What proves to us later that somebody wrote this comment: a signature, so nothing is stored."""
    return ctx.vault.sign("author-token", comment_id.bytes)


async def _admit(ctx: Context, site: Site, key: bytes | None, delivery: Delivery) -> Earlier | None:
    limit = None if delivery.trusted else _limit(ctx, delivery.network)
    async with ctx.db.read() as conn:
        found = await submissions.admit(conn, site.id, key, limit)
        if isinstance(found, Earlier):
            return found
        if not found and limit:
            wait = await limits.wait(conn, limit.key, limit.every, limit.burst)
            raise RateLimited(
                int(wait) + 1,
                "Too many comments came from your network in a short time. Please try again in a moment.",
            )
    return None


def _limit(ctx: Context, network: str) -> Limit:
    every = timedelta(minutes=1) / ctx.settings.submissions_per_minute
    return Limit(ctx.vault.tag("limit-submit", network.encode()), every, ctx.settings.submission_burst)


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
    ctx: Context,
    site: Site,
    policy: Policy,
    submission: Submission,
    delivery: Delivery,
    knowledge: Knowledge,
) -> _Judged:
    known = await gather(ctx, site, submission, delivery)
    words = Words(submission.text, submission.name, submission.website)
    screening = await ctx.screener.screen(words, known.facts, policy, knowledge)
    course = choose(policy, screening, _chance.random)
    return _Judged(known, screening, policy.version, knowledge.terms_version, course)


async def _carry_out(ctx: Context, site: Site, comment: NewComment) -> None:
    """Do what the policy automates. Where that fails, the comment waits in the queue like any other."""
    by = Principal("policy", frozenset({Scope.MODERATE}), frozenset({site.id}))
    rejects = comment.screening.verdict is Verdict.REJECT
    choice = Choice(Action.REJECT, 1, Reason.SPAM) if rejects else Choice(Action.APPROVE, 1)
    with suppress(ServiceError):
        await decide(ctx, by, comment.id, choice, automatic=True)


def _new_comment(
    ctx: Context,
    site: Site,
    submission: Submission,
    parent: Parent | None,
    judged: _Judged,
    key: bytes | None,
    fingerprint: bytes,
) -> NewComment:
    comment_id = new_id()
    sealed = ctx.vault.seal(submission.email, site_id=site.id, comment_id=comment_id)
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
        sealed=sealed.box,
        digest=sealed.digest,
        key_id=sealed.key_id,
        idempotency_key=key,
        fingerprint=fingerprint,
    )


def _fingerprint(ctx: Context, submission: Submission) -> bytes:
    """What makes two submissions the same; keyed, because the e-mail address is part of it."""
    # No part can hold a NUL, so that joining by it cannot make two submissions look the same.
    parts = (
        submission.page.id.hex,
        submission.name,
        submission.email.canonical,
        submission.website or "",
        submission.text,
        submission.parent_id.hex if submission.parent_id else "",
    )
    return ctx.vault.tag("fingerprint", "\x00".join(parts).encode(), 32)


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
