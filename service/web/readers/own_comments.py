"""What authors do with the token of their submission, without an account: look, change, withdraw, appeal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from service.errors import (
    CommentNotFound,
    EditClosed,
    InvalidFields,
    NoSecondLook,
    NotTheAuthor,
    OriginNotAllowed,
    RateLimited,
    SiteNotFound,
)
from service.model.authoring import OwnComment
from service.model.sites import page_id
from service.store import sites
from service.usecases import own_comments
from service.usecases.author_tokens import may_see, require_author
from service.web.drawing.languages import language_of
from service.web.drawing.own import OwnView
from service.web.http.client import network_of
from service.web.http.endpoint import Call, endpoint
from service.web.readers.reading import refuse_foreign_page
from service.web.wire.authors import (
    MOST_OWN,
    AuthorTokenIn,
    OwnCommentsIn,
    OwnCommentsOut,
    OwnOut,
    RevisionIn,
    SecondLookIn,
)

TOKEN: Final = "X-Author-Token"  # noqa: S105 - the name of a header
_REFUSALS: Final = (SiteNotFound, OriginNotAllowed, CommentNotFound, NotTheAuthor)


@endpoint(
    "GET",
    "/v1/sites/{site}/comments/{comment_id}",
    tag="authors",
    public=True,
    headers=(TOKEN,),
    problems=_REFUSALS,
)
async def read_own_comment(call: Call, comment_id: UUID) -> OwnOut:
    """How the author's own comment stands."""
    _require_author(call, comment_id, None)
    comment = await own_comments.look(call.ctx, call.here, comment_id)
    return OwnOut.of(comment, call.ctx.clock())


@endpoint(
    "POST",
    "/v1/sites/{site}/comments/{comment_id}/text",
    tag="authors",
    public=True,
    form=True,
    headers=(TOKEN,),
    problems=(*_REFUSALS, EditClosed, InvalidFields, RateLimited),
)
async def edit_comment(call: Call, comment_id: UUID, body: RevisionIn) -> OwnOut:
    """Change what the comment says, for some minutes after it was sent; it is judged again."""
    _require_author(call, comment_id, body.author_token)
    comment = await own_comments.edit(
        call.ctx,
        call.here,
        call.policy,
        comment_id,
        body.text,
        network_of(call.request.scope, call.ctx.settings.trusted_proxies),
        await call.state.sites.knowledge(call.here),
    )
    return await _changed(call, body, comment)


@endpoint(
    "POST",
    "/v1/sites/{site}/comments/{comment_id}/withdrawal",
    tag="authors",
    public=True,
    form=True,
    headers=(TOKEN,),
    problems=_REFUSALS,
)
async def withdraw_comment(call: Call, comment_id: UUID, body: AuthorTokenIn) -> OwnOut:
    """Take the comment back for good; replies to it stay."""
    _require_author(call, comment_id, body.author_token)
    return await _changed(call, body, await own_comments.withdraw(call.ctx, call.here, comment_id))


@endpoint(
    "POST",
    "/v1/sites/{site}/comments/{comment_id}/appeal",
    tag="authors",
    public=True,
    form=True,
    headers=(TOKEN,),
    problems=(*_REFUSALS, NoSecondLook, InvalidFields),
)
async def appeal_comment(call: Call, comment_id: UUID, body: SecondLookIn) -> OwnOut:
    """Ask once for a second look at a comment that was not published; another moderator decides."""
    _require_author(call, comment_id, body.author_token)
    return await _changed(
        call, body, await own_comments.appeal(call.ctx, call.here, comment_id, body.words or None)
    )


@endpoint(
    "POST",
    "/v1/sites/{site}/own",
    tag="authors",
    public=True,
    form=True,
    problems=(SiteNotFound, OriginNotAllowed, InvalidFields),
)
async def read_own_comments(call: Call, body: OwnCommentsIn) -> OwnCommentsOut:
    """A reader's own comments on a page: in a body, because tokens are in no address.

    What is not on this page, or has a token that is not good, is left out.
    """
    refuse_foreign_page(body.page, call.here)
    tokens = body.mine.split()[:MOST_OWN]
    wanted = [found for found in (may_see(call.ctx, token) for token in tokens) if found]
    page, now = page_id(body.page), call.ctx.clock()
    found = await own_comments.look_at_all(call.ctx, call.here, page, wanted)
    html = await draw(call, found, page, body.lang, now) if body.shape else None
    return OwnCommentsOut(comments=[OwnOut.of(comment, now) for comment in found], html=html)


async def draw(
    call: Call,
    shown: Sequence[OwnComment],
    page: UUID,
    lang: str | None,
    now: datetime,
    *,
    acts: bool = True,
) -> str:
    """Own comments as HTML, with the forms that change them (`acts`) or without."""
    if not shown:
        return ""
    async with call.ctx.db.view() as conn:
        state = await sites.page_state(conn, call.here.id, page)
    closed = bool(state and state.is_closed(call.here, now))
    views = [OwnView.of(comment, now, acts=acts) for comment in shown]
    known = language_of(lang, call.here.language)
    return call.state.pages.own(views, shown[0].page_url, site=call.here, lang=known, closed=closed)


def _require_author(call: Call, comment_id: UUID, token: str | None) -> None:
    require_author(call.ctx, comment_id, call.request.headers.get(TOKEN) or token)


async def _changed(call: Call, body: AuthorTokenIn, comment: OwnComment) -> OwnOut:
    """The answer to a change; readers of this process see it at once."""
    call.state.threads.drop(comment.site_id, comment.page_id)
    now = call.ctx.clock()
    html = await draw(call, [comment], comment.page_id, body.lang, now) if body.shape else None
    return OwnOut.of(comment, now, html)
