"""Admins look after people: who there is, what they may do and where, and how they get in again.

The caller governs the installation: endpoints ask for that first, and commands are run by its owner.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import Conflict, Forbidden, LastAdmin, ModeratorNotFound, NotFound
from service.ids import new_id
from service.model.passwords import parse_password
from service.model.people import AuditEvent, Moderator, Principal, Rights, parse_moderator_name
from service.store import audit, people, second_factors, sessions, sites
from service.store.database import Connection
from service.usecases.passwords import hash_password

INVITATION_LASTS: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a moderator; None leaves it as it is. `subject` "" unlinks the account.

    Rights that a person gives are theirs to keep: only a provider's go on to follow its groups.
    """

    rights: Rights | None = None
    disabled: bool | None = None
    subject: str | None = None
    follows_groups: bool = False


def require_governor(principal: Principal) -> None:
    """`Forbidden` unless the installation is theirs to run."""
    if not principal.governs:
        raise Forbidden("scope_missing", "This is for admins of every site.")


async def invite(ctx: Context, name: str, rights: Rights, *, actor: str) -> tuple[Moderator, str]:
    """Add somebody with a one-time password, good for three days to choose an own one; gives both.

    Raises `FieldRefused` for a bad name, `AlreadyExists` for a taken one.
    """
    password = secrets.token_urlsafe(12)
    moderator = Moderator(new_id(), parse_moderator_name(name), rights, await hash_password(password))
    await _add(ctx, moderator, actor=actor, one_time_for=INVITATION_LASTS)
    return await get(ctx, moderator.id), password


async def add(ctx: Context, name: str, password: str, rights: Rights, *, actor: str) -> None:
    """Add somebody whose password is known; raises as `invite`, and `FieldRefused` for the password."""
    name = parse_moderator_name(name)
    hashed = await hash_password(parse_password(password, name))
    await _add(ctx, Moderator(new_id(), name, rights, hashed), actor=actor)


async def add_linked(
    ctx: Context, name: str, rights: Rights, identity: tuple[str, str], *, actor: str
) -> Moderator:
    """Add somebody whom a provider's group lets in, and whose role follows it; `AlreadyExists`: the name."""
    moderator = Moderator(new_id(), parse_moderator_name(name), rights)
    await _add(ctx, moderator, actor=actor, identity=identity)
    return await get(ctx, moderator.id)


async def get(ctx: Context, moderator_id: UUID) -> Moderator:
    """One moderator; `ModeratorNotFound`."""
    async with ctx.db.read(moderation=True) as conn:
        return await _found(conn, moderator_id)


async def change(
    ctx: Context, moderator_id: UUID, wanted: Change, *, actor: str, by: Principal | None = None
) -> Moderator:
    """Change somebody's rights, or keep them out; their sessions end, except the one that this comes from.

    Raises `ModeratorNotFound`, `LastAdmin` where nobody would be left to run the installation, and
    `AlreadyExists` for a provider's account that is somebody else's.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        governors = await people.lock_governors(conn)
        before = await _found(conn, moderator_id)
        governed = moderator_id in governors
        if wanted.rights is not None and wanted.rights != before.rights:
            governed = wanted.rights.governs and before.disabled_at is None
            await people.set_rights(conn, moderator_id, wanted.rights, follows_groups=wanted.follows_groups)
            told = await _told(conn, before.rights), await _told(conn, wanted.rights)
            await audit.record(conn, AuditEvent("moderator.rights", actor, 0, before.name, *told))
        if wanted.disabled is not None and wanted.disabled != (before.disabled_at is not None):
            rights = wanted.rights or before.rights
            governed = not wanted.disabled and rights.governs
            await people.set_disabled(conn, moderator_id, disabled=wanted.disabled)
            action = "moderator.disabled" if wanted.disabled else "moderator.enabled"
            await audit.record(conn, AuditEvent(action, actor, 0, before.name))
        if moderator_id in governors and not governed and governors == {moderator_id}:
            raise LastAdmin
        if wanted.subject is not None:
            await _link(ctx, conn, before, wanted.subject, actor=actor)
        await sessions.end_all(conn, moderator_id, by.session if by else None)
        return await _found(conn, moderator_id)


async def set_password(ctx: Context, moderator_id: UUID, password: str | None, *, actor: str) -> str | None:
    """Give somebody a password, or with None a one-time password, which is returned; sessions end."""
    made = secrets.token_urlsafe(12) if password is None else None
    moderator = await get(ctx, moderator_id)
    hashed = await hash_password(made or parse_password(password or "", moderator.name))
    async with ctx.db.transaction(moderation=True) as conn:
        await people.set_password(conn, moderator_id, hashed, INVITATION_LASTS if made else None)
        await sessions.end_all(conn, moderator_id)
        await audit.record(conn, AuditEvent("moderator.password", actor, 0, moderator.name))
    return made


async def reset_second_factor(ctx: Context, moderator_id: UUID, *, actor: str) -> None:
    """Forget somebody's second factor and recovery codes; sessions end."""
    async with ctx.db.transaction(moderation=True) as conn:
        moderator = await _found(conn, moderator_id)
        await second_factors.remove(conn, moderator_id)
        await sessions.end_all(conn, moderator_id)
        await audit.record(conn, AuditEvent("second_factor.removed", actor, 0, moderator.name))


async def end_sessions(
    ctx: Context,
    moderator_id: UUID,
    *,
    actor: str,
    session_id: UUID | None = None,
    keep: bytes | None = None,
) -> None:
    """End one session of somebody, or without an id all but `keep`; `NotFound` for no such session."""
    async with ctx.db.transaction(moderation=True) as conn:
        moderator = await _found(conn, moderator_id)
        if session_id is None:
            ended = await sessions.end_all(conn, moderator_id, keep)
        elif await sessions.end_one(conn, moderator_id, session_id):
            ended = 1
        else:
            raise NotFound("There is no such session; it may have ended.")
        await audit.record(
            conn, AuditEvent("session.revoked", actor, 0, moderator.name, after=f"{ended} ended")
        )


async def _add(
    ctx: Context,
    moderator: Moderator,
    *,
    actor: str,
    one_time_for: timedelta | None = None,
    identity: tuple[str, str] | None = None,
) -> None:
    async with ctx.db.transaction(moderation=True) as conn:
        await people.add_moderator(conn, moderator, one_time_for)
        if identity:
            await people.link(conn, moderator.id, identity)
            await people.follow_groups(conn, moderator.id)
        told = await _told(conn, moderator.rights)
        await audit.record(conn, AuditEvent("moderator.added", actor, 0, moderator.name, after=told))


async def _link(ctx: Context, conn: Connection, moderator: Moderator, subject: str, *, actor: str) -> None:
    issuer = ctx.settings.oidc_issuer
    if subject and issuer is None:
        raise Conflict("No provider is set up here that an account could be linked from.")
    await people.link(conn, moderator.id, (issuer, subject) if issuer and subject else None)
    action = "moderator.linked" if subject else "moderator.unlinked"
    await audit.record(conn, AuditEvent(action, actor, 0, moderator.name))


async def _found(conn: Connection, moderator_id: UUID) -> Moderator:
    found = await people.by_id(conn, moderator_id)
    if found is None:
        raise ModeratorNotFound
    return found


async def _told(conn: Connection, rights: Rights) -> str:
    """Rights for the audit trail, sites by name."""
    told: dict[str, object] = {"role": rights.role.value, "disclose": rights.may_disclose}
    if rights.sites is not None:
        names = {site.id: site.slug for site in await sites.every(conn)}
        told["sites"] = {
            names.get(site_id, str(site_id)): (role or rights.role).value
            for site_id, role in rights.sites.items()
        }
    return json.dumps(told)
