"""Blind reviews: one decision of somebody else's to make again, and how far people agree."""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.ids import parse_id
from service.model.decisions import Action, Reason
from service.model.people import Scope
from service.store import comments, reviews
from service.usecases.review import review
from service.web.api.moderation import choice_of
from service.web.api.reviews import agreements
from service.web.console.addresses import REVIEWS
from service.web.console.frame import go_on, page
from service.web.console.notices import sites_of
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

_DAYS: Final = 90


class ReviewsQuery(In):
    """Which comment was reviewed a moment ago, and whether both agreed."""

    agreed: StrictStr | None = Field(None, max_length=36)
    differed: StrictStr | None = Field(None, max_length=36)


class OpinionForm(OwnForm):
    """What the caller would have decided."""

    action: Literal["approve", "reject"] = "reject"
    reason: Reason | None = None


@endpoint("GET", REVIEWS, tag="console", needs=Scope.MODERATE, media=HTML, error_page=failure_page)
async def show_reviews(call: Call, query: ReviewsQuery) -> Response:
    """The next decision to make again, and how far people agree."""
    told = parse_id(query.agreed or query.differed or "")
    async with call.ctx.db.read(moderation=True) as conn:
        site_ids = [site.id for site in await sites_of(conn, call.principal)]
        found = await reviews.open_for(conn, site_ids, call.principal.name, 1)
        pairs = await reviews.pairs(conn, site_ids, timedelta(days=_DAYS))
        about = await comments.get(conn, site_ids, told) if told else None
    return page(
        call,
        "reviews.html",
        review=found[0] if found else None,
        agreement=agreements(pairs, _DAYS),
        about=about,
        differed=query.differed is not None,
    )


@endpoint(
    "POST",
    f"{REVIEWS}/{{review_id}}",
    tag="console",
    needs=Scope.MODERATE,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def review_by_form(call: Call, review_id: UUID, body: OpinionForm) -> Response:
    """Say what one would have decided, and be told what was."""
    require_own_form(call, body.csrf)
    choice = choice_of(Action(body.action), 1, body.reason, None)
    compared = await review(call.ctx, call.principal, review_id, choice)
    name = "agreed" if compared.agrees else "differed"
    return go_on(f"{REVIEWS}?{name}={compared.comment_id}#notice")
