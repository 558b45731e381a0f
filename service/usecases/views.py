"""Views are saved and forgotten by whose they are."""

from collections.abc import Mapping
from uuid import UUID

from service.context import Context
from service.errors import Forbidden
from service.model.people import Principal
from service.store import views


def owner(by: Principal) -> UUID:
    """The person that views belong to; `Forbidden` for a program, which keeps its queries itself."""
    if by.moderator_id is None:
        raise Forbidden("person", "Views belong to people who sign in, and a token is not one.")
    return by.moderator_id


async def save_view(ctx: Context, by: Principal, name: str, query: Mapping[str, object]) -> None:
    """Save filters under a name, in the place of what it named before. Raises `Forbidden`, `Conflict`."""
    moderator_id = owner(by)
    async with ctx.db.transaction(moderation=True) as conn:
        await views.save(conn, moderator_id, name, query)


async def forget_view(ctx: Context, by: Principal, name: str) -> None:
    """Forget a view; one that is not there is forgotten already. Raises `Forbidden`."""
    moderator_id = owner(by)
    async with ctx.db.transaction(moderation=True) as conn:
        await views.forget(conn, moderator_id, name)
