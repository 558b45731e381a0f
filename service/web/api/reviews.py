"""Blind reviews: decisions of others to make again, and how far people agree."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.errors import InvalidFields, ReviewNotFound, SiteNotFound
from service.model.decisions import Action, Reason
from service.model.opinions import Pair, agreement, agreement_on
from service.model.people import Scope
from service.model.queue import Filters
from service.model.sites import parse_slug
from service.store import queue, reviews, sites
from service.usecases.review import review
from service.web.api.moderation import choice_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In, by_rule
from service.web.wire.opinions import (
    AgreementOut,
    AgreementsOut,
    OpinionIn,
    OpinionOut,
    ReviewOut,
    ReviewsOut,
)


class ReviewsQuery(In):
    """How many, and of which site."""

    site: Annotated[str, by_rule(parse_slug)] | None = Field(None, description="Only this site.")
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class AgreementQuery(In):
    """Of how many days."""

    days: Annotated[int, Field(ge=1, le=365)] = 90


@endpoint("GET", "/v1/reviews", tag="moderation", needs=Scope.MODERATE, problems=(SiteNotFound,))
async def read_reviews(call: Call, query: ReviewsQuery) -> ReviewsOut:
    """Decisions of others that wait for the caller's opinion; nothing tells what was decided, or by whom."""
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = await sites.visible(conn, call.principal)
        if query.site is not None:
            sought = await queue.look_up(conn, call.principal, Filters(site=query.site))
            site_ids = list(sought.site_ids)
        found = await reviews.open_for(conn, site_ids, call.principal.name, query.limit)
    return ReviewsOut(
        reviews=[
            ReviewOut(
                id=each.decision_id,
                site=each.site,
                page_url=each.page_url,
                page_title=each.page_title,
                name=each.name,
                website=each.website,
                text=each.text,
                replies_to=each.replies_to,
                created_at=each.created_at,
            )
            for each in found
        ]
    )


@endpoint(
    "POST",
    "/v1/reviews/{review_id}",
    tag="moderation",
    needs=Scope.MODERATE,
    status=201,
    problems=(ReviewNotFound, InvalidFields),
)
async def add_opinion(call: Call, review_id: UUID, body: OpinionIn) -> OpinionOut:
    """Say what you would have decided. The comment stays as it is; a clash is raised to the admins."""
    choice = choice_of(Action(body.action), 1, body.reason, body.note)
    compared = await review(call.ctx, call.principal, review_id, choice)
    return OpinionOut(
        comment_id=compared.comment_id,
        agrees=compared.agrees,
        decided_by=compared.first.by,
        action="approve" if compared.first.action is Action.APPROVE else "reject",
        reason=compared.first.reason,
    )


@endpoint("GET", "/v1/sites/{site}/agreement", tag="moderation", needs=Scope.READ, problems=(SiteNotFound,))
async def read_agreement(call: Call, query: AgreementQuery) -> AgreementsOut:
    """How far people agree, by what blind reviews found."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        pairs = await reviews.pairs(conn, [site.id], timedelta(days=query.days))
    return agreements(pairs, query.days)


def agreements(pairs: Sequence[Pair], days: int) -> AgreementsOut:
    """Counts of pairs as agreement in all, on each opinion, and with each moderator."""
    opinions = ["approve", *(reason.value for reason in Reason)]
    people = sorted({pair.decided_by for pair in pairs})
    by_person = {name: [pair for pair in pairs if pair.decided_by == name] for name in people}
    return AgreementsOut(
        days=days,
        all=AgreementOut.of("all", agreement(pairs)),
        opinions=[AgreementOut.of(name, agreement_on(pairs, name)) for name in opinions],
        moderators=[AgreementOut.of(name, agreement(of)) for name, of in by_person.items()],
    )
