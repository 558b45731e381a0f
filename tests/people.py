"""People for tests: moderators without the cost of a password, and browsers that are signed in."""

import secrets
from datetime import timedelta
from uuid import UUID

import httpx2

from service.context import Context
from service.ids import new_id
from service.model.people import Moderator, Rights, Role
from service.store import people, sessions
from service.usecases.sign_in import session_digest

OWN = {"Origin": "http://testserver"}


async def a_moderator(ctx: Context, name: str, rights: Rights, password_hash: str | None = None) -> UUID:
    """Somebody with these rights."""
    moderator = Moderator(new_id(), name, rights, password_hash)
    async with ctx.db.transaction(moderation=True) as conn:
        await people.add_moderator(conn, moderator)
    return moderator.id


async def a_cookie(ctx: Context, moderator_id: UUID) -> str:
    """The cookie of a fresh session."""
    cookie = secrets.token_urlsafe(32)
    async with ctx.db.transaction(moderation=True) as conn:
        await sessions.add(
            conn,
            session_digest(cookie),
            moderator_id,
            timedelta(hours=1),
            agent="Firefox · Linux",
            network="192.0.2.0/24",
        )
    return cookie


async def signed_in(ctx: Context, moderator_id: UUID) -> dict[str, str]:
    """Headers of a browser in a fresh session, on our own pages."""
    return {**OWN, "Cookie": f"greenroom={await a_cookie(ctx, moderator_id)}"}


async def an_admin(ctx: Context, name: str = "root") -> dict[str, str]:
    """Headers of a browser where an admin of everything is signed in."""
    return await signed_in(ctx, await a_moderator(ctx, name, Rights(Role.ADMIN)))


def ok(response: httpx2.Response, status: int = 200) -> httpx2.Response:
    """The response, when it has this status; else its body says why not."""
    assert response.status_code == status, response.text
    return response
