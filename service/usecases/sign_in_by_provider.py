"""Moderators sign in with an account that a provider vouches for."""

import secrets
from dataclasses import replace

from service.context import Context
from service.errors import AlreadyExists, FieldRefused, Forbidden, LastAdmin, SecondFactorNeeded
from service.model.people import AuditEvent, Identity, Moderator, Rights, Role, parse_moderator_name
from service.store import audit, people
from service.usecases import moderators
from service.usecases.sign_in import Visitor, begin, challenge_for

_RANKS = (Role.ADMIN, Role.MODERATOR, Role.READER)


async def sign_in_by_provider(ctx: Context, identity: Identity, visitor: Visitor) -> str:
    """Begin a session for whoever this account is linked to, and give its cookie's value.

    Who is linked to nobody is let in by a group that the owner gave a role, else `Forbidden`; whoever came
    so has at each sign-in the role that their groups give them then, and without one they stay out. Raises
    `SecondFactorNeeded` where the moderator has a second factor here.
    """
    async with ctx.db.read(moderation=True) as conn:
        moderator = await people.by_subject(conn, identity.issuer, identity.subject)
    if moderator is None:
        moderator = await _newcomer(ctx, identity)
    elif moderator.follows_groups:
        moderator = await _follower(ctx, moderator, identity)
    if moderator is None or moderator.disabled_at is not None:
        async with ctx.db.read(moderation=True) as conn:
            await audit.record(conn, AuditEvent("session.refused", "unknown", target="provider"))
        raise Forbidden(
            "not_linked", "Your account is not linked to a moderator here. Ask an admin to link it."
        )
    if moderator.has_second_factor:
        raise SecondFactorNeeded(challenge_for(ctx, moderator))
    return await begin(ctx, moderator, visitor, attempts=0)


async def _newcomer(ctx: Context, identity: Identity) -> Moderator | None:
    """Somebody new, with the highest role that the owner gave one of their groups; or None."""
    role = _role(ctx, identity)
    if role is None:
        return None
    who = identity.issuer, identity.subject
    try:
        return await moderators.add_linked(ctx, _name(identity.name), Rights(role), who, actor="provider")
    except AlreadyExists:
        name = f"{_name(identity.name)[:55]} {secrets.token_hex(4)}"
        return await moderators.add_linked(ctx, name, Rights(role), who, actor="provider")


async def _follower(ctx: Context, moderator: Moderator, identity: Identity) -> Moderator | None:
    """This moderator with the role that their groups give now; None, and signed out, where none does."""
    role = _role(ctx, identity)
    if role is None:
        await moderators.end_sessions(ctx, moderator.id, actor="provider")
        return None
    if role is moderator.rights.role:
        return moderator
    wanted = moderators.Change(replace(moderator.rights, role=role), follows_groups=True)
    try:
        return await moderators.change(ctx, moderator.id, wanted, actor="provider")
    except LastAdmin:
        return moderator  # A provider's mistake must not leave an installation that nobody can run.


def _role(ctx: Context, identity: Identity) -> Role | None:
    """The highest role that the owner gave one of these groups."""
    given = ctx.settings.oidc_roles
    roles = {Role(given[group]) for group in identity.groups if group in given}
    return next((rank for rank in _RANKS if rank in roles), None)


def _name(raw: str) -> str:
    try:
        return parse_moderator_name(raw)
    except FieldRefused:
        return f"member {secrets.token_hex(4)}"
