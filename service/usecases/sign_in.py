"""Moderators sign in and out. An unknown name costs as much as a wrong password."""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Final

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from service.context import Context
from service.errors import FieldRefused, RateLimited, Unauthenticated
from service.model.people import MAX_PASSWORD, AuditEvent, Moderator, Principal, parse_moderator_name
from service.store import audit, limits, people

_EVERY: Final = timedelta(minutes=3)
_hasher: Final = PasswordHasher()
_log = structlog.get_logger("greenroom.sign_in")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with the library's parameters (RFC 9106), made in a thread."""
    return await asyncio.to_thread(_hasher.hash, password)


async def sign_in(ctx: Context, name: str, password: str, network: str) -> str:
    """Begin a session and give its cookie's value, 256 random bits; only its digest is stored.

    Raises `Unauthenticated` (one sentence for a wrong name and a wrong password) and `RateLimited`.
    """
    buckets = [ctx.vault.tag("limit-sign-in", part.encode()) for part in (f"name {name}", f"net {network}")]
    await _charge(ctx, buckets)
    moderator = await _find(ctx, name)
    known = len(password) <= MAX_PASSWORD and await asyncio.to_thread(_matches, moderator, password)
    if moderator is None or not known:
        async with ctx.db.read(moderation=True) as conn:
            actor = moderator.name if moderator else "unknown"
            await audit.record(conn, AuditEvent(action="session.refused", actor=actor))
        raise Unauthenticated("The name or the password is not right.")
    return await _begin(ctx, moderator, buckets)


async def sign_out(ctx: Context, principal: Principal) -> None:
    """End the session that this principal came with."""
    if principal.session is None:
        return
    async with ctx.db.transaction(moderation=True) as conn:
        await people.end_session(conn, principal.session)
        await audit.record(conn, AuditEvent(action="session.ended", actor=principal.name))


def session_digest(cookie: str) -> bytes:
    """How a session is known in the database."""
    return hashlib.sha256(cookie.encode()).digest()


async def _begin(ctx: Context, moderator: Moderator, buckets: list[bytes]) -> str:
    cookie = secrets.token_urlsafe(32)
    lasts = timedelta(hours=ctx.settings.session_hours)
    async with ctx.db.transaction(moderation=True) as conn:
        await people.add_session(conn, session_digest(cookie), moderator.id, lasts)
        await audit.record(conn, AuditEvent(action="session.begun", actor=moderator.name))
    async with ctx.db.read(moderation=True) as conn:
        for bucket in buckets:
            await limits.refund(conn, bucket, _EVERY)
    _log.info("session.begun")
    return cookie


async def _charge(ctx: Context, buckets: list[bytes]) -> None:
    """Take the attempt from both buckets before looking at the password; success gives it back."""
    async with ctx.db.read(moderation=True) as conn:
        for bucket in buckets:
            wait = await limits.hit(conn, bucket, _EVERY, ctx.settings.sign_in_burst)
            if wait is not None:
                raise RateLimited(int(wait) + 1, "Too many attempts to sign in. Please wait a little.")


async def _find(ctx: Context, name: str) -> Moderator | None:
    try:
        parse_moderator_name(name)
    except FieldRefused:
        return None  # Nobody can have this name, and the database does not take every one to ask for.
    async with ctx.db.read(moderation=True) as conn:
        return await people.moderator_by_name(conn, name)


def _matches(moderator: Moderator | None, password: str) -> bool:
    try:
        return _hasher.verify(moderator.password_hash if moderator else _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
