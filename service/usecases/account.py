"""What moderators do about themselves: the password, the second factor, where they are signed in."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from service.context import Context
from service.errors import (
    FieldError,
    FieldRefused,
    Forbidden,
    InvalidFields,
    ModeratorNotFound,
    RateLimited,
)
from service.model.passwords import parse_password
from service.model.people import AuditEvent, Moderator, Principal
from service.store import audit, people, sessions
from service.store.sessions import Session
from service.usecases import second_factor
from service.usecases.passwords import hash_password, is_password
from service.usecases.sign_in import charge, forgive


async def myself(ctx: Context, principal: Principal) -> Moderator:
    """The moderator behind a session; `Forbidden` for a token, which has no account."""
    if principal.moderator_id is None:
        raise Forbidden("person_needed", "This is for people who are signed in; a token has no account.")
    async with ctx.db.read(moderation=True) as conn:
        found = await people.by_id(conn, principal.moderator_id)
    if found is None:
        raise ModeratorNotFound
    return found


async def change_password(ctx: Context, by: Principal, current: str, new: str, *, network: str) -> None:
    """Choose an own password; every other session ends.

    Raises `InvalidFields` where the present password is wrong or the new one will not do, `RateLimited`.
    """
    me = await myself(ctx, by)
    if me.password_hash is not None:
        await prove(ctx, me, current, network=network, pointer="/current")
    if new == current:
        raise InvalidFields([FieldError("/new", "password.same", "Choose another password than before.")])
    try:
        hashed = await hash_password(parse_password(new, me.name))
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/new", refusal.code, refusal.detail)]) from None
    async with ctx.db.transaction(moderation=True) as conn:
        await people.set_password(conn, me.id, hashed, None)
        await sessions.end_all(conn, me.id, by.session)
        await audit.record(conn, AuditEvent("moderator.password", me.name, 0, me.name))


async def remove_second_factor(ctx: Context, by: Principal, password: str, *, network: str) -> None:
    """Go back to the password alone; raises as `prove`, and `Forbidden` where admins must have one."""
    me = await myself(ctx, by)
    await prove(ctx, me, password, network=network)
    await second_factor.remove(ctx, me, actor=me.name)


async def renew_recovery_codes(ctx: Context, by: Principal, password: str, *, network: str) -> list[str]:
    """Ten new recovery codes; raises as `prove`."""
    me = await myself(ctx, by)
    await prove(ctx, me, password, network=network)
    return await second_factor.renew_codes(ctx, me)


async def prove(
    ctx: Context, me: Moderator, password: str, *, network: str, pointer: str = "/password"
) -> None:
    """`InvalidFields` unless the password is theirs; attempts count as those to sign in do.

    Who has no password here proved who they are to a provider, and has nothing to add.
    """
    if me.password_hash is None:
        return
    try:
        await charge(ctx, me.name, network)
    except RateLimited as limited:
        raise RateLimited(limited.retry_after, "Too many attempts. Please wait a little.") from None
    if not await is_password(password, me.password_hash):
        raise InvalidFields([FieldError(pointer, "password.wrong", "This is not your password.")])
    await forgive(ctx, me.name, network)


async def own_sessions(ctx: Context, moderator: Moderator) -> Sequence[Session]:
    """Where a moderator is signed in, the latest used first."""
    idle = timedelta(hours=ctx.settings.session_idle_hours)
    async with ctx.db.read(moderation=True) as conn:
        return await sessions.of_moderator(conn, moderator.id, idle)


async def set_preferences(ctx: Context, by: Principal, chosen: Mapping[str, Any]) -> None:
    """Replace what the console should be like for them."""
    me = await myself(ctx, by)
    async with ctx.db.transaction(moderation=True) as conn:
        await people.set_preferences(conn, me.id, chosen)


async def unlink(ctx: Context, by: Principal) -> None:
    """Take the provider's account off one's own; `Forbidden` where it is the only way in."""
    me = await myself(ctx, by)
    if me.password_hash is None:
        raise Forbidden("only_way_in", "You have no password here. Set one first, or you could not sign in.")
    async with ctx.db.transaction(moderation=True) as conn:
        await people.link(conn, me.id, None)
        await audit.record(conn, AuditEvent("moderator.unlinked", me.name, 0, me.name))


async def link(ctx: Context, by: Principal, identity: tuple[str, str]) -> None:
    """Sign in with this provider's account from now on; `AlreadyExists` where it is somebody else's."""
    me = await myself(ctx, by)
    async with ctx.db.transaction(moderation=True) as conn:
        await people.link(conn, me.id, identity)
        await audit.record(conn, AuditEvent("moderator.linked", me.name, 0, me.name))
