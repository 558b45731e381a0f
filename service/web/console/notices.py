"""What several pages of the console show of: the caller's sites, parents, what just happened."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field, StrictStr

from service.ids import parse_id
from service.model.comments import Comment
from service.model.people import Principal
from service.model.sites import Site
from service.store import comments, sites
from service.store.database import Connection
from service.web.console.view import Notice
from service.web.wire.base import In


class NoticeQuery(In):
    """Which comment the notice is about; only its id, so that no address can put words on the page."""

    decided: StrictStr | None = Field(None, max_length=36)
    late: StrictStr | None = Field(None, max_length=36)


async def sites_of(conn: Connection, caller: Principal) -> Sequence[Site]:
    """The sites that the caller works for."""
    return [site for site in await sites.every(conn) if caller.sees(site.id)]


async def parents_of(
    conn: Connection, site_ids: Sequence[int], shown: Sequence[Comment]
) -> dict[UUID | None, Comment]:
    """What the shown comments reply to."""
    wanted = dict.fromkeys(comment.parent_id for comment in shown if comment.parent_id)
    found = [await comments.get(conn, site_ids, comment_id) for comment_id in wanted]
    return {comment.id: comment for comment in found if comment}


async def notice_of(
    conn: Connection, caller: Principal, mine: Sequence[Site], query: NoticeQuery
) -> Notice | None:
    """What became of the comment that the address names."""
    comment_id = parse_id(query.late or query.decided or "")
    if comment_id is None:
        return None
    comment = await comments.get(conn, [site.id for site in mine], comment_id)
    if comment is None or not comment.decisions:
        return None
    latest = comment.decisions[-1]
    return Notice(comment, latest, came_late=query.late is not None, is_own=latest.by == caller.name)


async def around(
    conn: Connection, caller: Principal, shown: Sequence[Comment], query: NoticeQuery
) -> tuple[Sequence[Site], dict[UUID | None, Comment], Notice | None]:
    """What a page shows beside its comments: the caller's sites, what is replied to, and the notice."""
    mine = await sites_of(conn, caller)
    parents = await parents_of(conn, [site.id for site in mine], shown)
    return mine, parents, await notice_of(conn, caller, mine, query)
