"""Views of the queue that a moderator saved."""

from service.errors import Conflict, Forbidden, InvalidFields
from service.model.people import Scope
from service.store import views
from service.usecases.views import forget_view, owner, save_view
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.queue import SavedViewIn, ViewName, ViewOut, ViewsOut


class ViewQuery(In):
    """Which view."""

    name: ViewName


@endpoint("GET", "/v1/views", tag="moderation", needs=Scope.READ, problems=(Forbidden,))
async def read_views(call: Call) -> ViewsOut:
    """The caller's views, by name."""
    return await _views(call)


@endpoint(
    "PUT", "/v1/views", tag="moderation", needs=Scope.READ, problems=(Forbidden, Conflict, InvalidFields)
)
async def put_view(call: Call, body: SavedViewIn) -> ViewsOut:
    """Save filters under a name, in the place of what it named before; gives all views."""
    query = call.given["query"]
    assert isinstance(query, dict)
    body.query.filters(call.principal.name)
    await save_view(call.ctx, call.principal, body.name, query)
    return await _views(call)


@endpoint("DELETE", "/v1/views", tag="moderation", needs=Scope.READ, problems=(Forbidden,))
async def delete_view(call: Call, query: ViewQuery) -> ViewsOut:
    """Forget a view; gives those that are left."""
    await forget_view(call.ctx, call.principal, query.name)
    return await _views(call)


async def _views(call: Call) -> ViewsOut:
    async with call.ctx.db.read(moderation=True) as conn:
        found = await views.of_moderator(conn, owner(call.principal))
    return ViewsOut(views=[ViewOut.model_validate(view) for view in found])
