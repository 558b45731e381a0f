"""Moderators sign in and out. An unknown name costs as much as a wrong password."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from service.context import Context
from service.errors import FieldRefused, RateLimited, SecondFactorNeeded, Unauthenticated
from service.ids import parse_id
from service.model.people import AuditEvent, Moderator, Principal, parse_moderator_name
from service.store import audit, limits, people, sessions
from service.usecases.passwords import is_password
from service.usecases.second_factor import takes_code

EVERY: Final = timedelta(minutes=3)
# A newsroom shares one network: what one of them forgets must not keep the others out at once.
_NETWORK_MAY: Final = 4
_CHALLENGE_LASTS: Final = timedelta(minutes=5)
_log = structlog.get_logger("greenroom.sign_in")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks: the network that the limits count by, and what the browser says it is."""

    network: str
    agent: str = ""


async def sign_in(
    ctx: Context, name: str, password: str, network: str, *, code: str | None = None, agent: str = ""
) -> str:
    """Begin a session and give its cookie's value, 256 random bits; only its digest is stored.

    Raises `Unauthenticated` (one sentence for a wrong name and a wrong password), `SecondFactorNeeded`
    where a `code` is wanted and none was given, `RateLimited`, `Unavailable`.
    """
    visitor = Visitor(network, agent)
    await charge(ctx, name, network)
    found = await _find(ctx, name)
    moderator = found if found and found.disabled_at is None else None
    right = await is_password(password, moderator.password_hash if moderator else None)
    if moderator is None or not right:
        await _refused(ctx, found)
        raise Unauthenticated("The name or the password is not right.")
    if moderator.one_time_until and moderator.one_time_until < ctx.clock():
        await _refused(ctx, found)
        raise Unauthenticated("This one-time password has run out. Ask an admin for another one.")
    if moderator.has_second_factor and code is None:
        # The attempt stays charged until the code is right as well.
        raise SecondFactorNeeded(challenge_for(ctx, moderator))
    if moderator.has_second_factor:
        await _require_code(ctx, moderator, code or "")
    return await begin(ctx, moderator, visitor, attempts=1)


async def second_step(ctx: Context, challenge: str, code: str, visitor: Visitor) -> str:
    """Begin the session that a `challenge` is good for, with a code; as `sign_in`."""
    moderator = await _challenged(ctx, challenge)
    if moderator is None:
        raise Unauthenticated("This took too long. Please sign in again.")
    await charge(ctx, moderator.name, visitor.network)
    await _require_code(ctx, moderator, code)
    return await begin(ctx, moderator, visitor, attempts=2)


async def sign_out(ctx: Context, principal: Principal) -> None:
    """End the session that this principal came with."""
    if principal.session is None:
        return
    async with ctx.db.transaction(moderation=True) as conn:
        await sessions.end(conn, principal.session)
        await audit.record(conn, AuditEvent(action="session.ended", actor=principal.name))


def session_digest(cookie: str) -> bytes:
    """How a session is known in the database."""
    return hashlib.sha256(cookie.encode()).digest()


async def begin(ctx: Context, moderator: Moderator, visitor: Visitor, *, attempts: int) -> str:
    """A session for a moderator who proved to be that one; gives `attempts` back to the limits."""
    cookie = secrets.token_urlsafe(32)
    lasts = timedelta(hours=ctx.settings.session_hours)
    network = audit.whence().network or visitor.network
    async with ctx.db.transaction(moderation=True) as conn:
        digest = session_digest(cookie)
        await sessions.add(conn, digest, moderator.id, lasts, agent=visitor.agent, network=network)
        await audit.record(conn, AuditEvent(action="session.begun", actor=moderator.name))
    if attempts:
        await forgive(ctx, moderator.name, visitor.network, attempts)
    _log.info("session.begun")
    return cookie


async def charge(ctx: Context, name: str, network: str) -> None:
    """Take an attempt from both buckets before looking at a secret; success gives it back."""
    async with ctx.db.read(moderation=True) as conn:
        for bucket, times in _buckets(ctx, name, network):
            wait = await limits.hit(conn, bucket, EVERY / times, ctx.settings.sign_in_burst * times)
            if wait is not None:
                raise RateLimited(int(wait) + 1, "Too many attempts to sign in. Please wait a little.")


async def forgive(ctx: Context, name: str, network: str, attempts: int = 1) -> None:
    """Give attempts back that turned out to be right."""
    async with ctx.db.read(moderation=True) as conn:
        for bucket, times in _buckets(ctx, name, network):
            await limits.refund(conn, bucket, EVERY / times * attempts)


def challenge_for(ctx: Context, moderator: Moderator) -> str:
    """Proof of a right password, for five minutes and as long as the password stays the same."""
    until = int((ctx.clock() + _CHALLENGE_LASTS).timestamp())
    signature = ctx.vault.sign("second-factor-challenge", _proof(moderator, until))
    return f"{moderator.id}.{until}.{signature}"


async def _challenged(ctx: Context, challenge: str) -> Moderator | None:
    raw_id, _, rest = challenge.partition(".")
    raw_until, _, signature = rest.partition(".")
    moderator_id = parse_id(raw_id)
    if moderator_id is None or not (raw_until.isascii() and raw_until.isdigit() and len(raw_until) < 12):
        return None
    if datetime.fromtimestamp(int(raw_until), UTC) < ctx.clock():
        return None
    async with ctx.db.read(moderation=True) as conn:
        found = await people.by_id(conn, moderator_id)
    if found is None or found.disabled_at is not None:
        return None
    proven = ctx.vault.verify("second-factor-challenge", _proof(found, int(raw_until)), signature)
    return found if proven else None


def _proof(moderator: Moderator, until: int) -> bytes:
    return f"{moderator.id}|{until}|{moderator.password_hash}".encode()


async def _require_code(ctx: Context, moderator: Moderator, code: str) -> None:
    if not await takes_code(ctx, moderator, code):
        await _refused(ctx, moderator)
        raise Unauthenticated("The code is not right, or it was used before.")


async def _refused(ctx: Context, found: Moderator | None) -> None:
    async with ctx.db.read(moderation=True) as conn:
        actor = found.name if found and found.disabled_at is None else "unknown"
        await audit.record(conn, AuditEvent(action="session.refused", actor=actor))


def _buckets(ctx: Context, name: str, network: str) -> list[tuple[bytes, int]]:
    """The buckets of an attempt, and how many times as much as a name each of them may."""
    parts = ((f"name {name.lower()}", 1), (f"net {network}", _NETWORK_MAY))
    return [(ctx.vault.tag("limit-sign-in", part.encode()), times) for part, times in parts]


async def _find(ctx: Context, name: str) -> Moderator | None:
    try:
        parse_moderator_name(name)
    except FieldRefused:
        return None  # Nobody can have this name, and the database does not take every one to ask for.
    async with ctx.db.read(moderation=True) as conn:
        return await people.by_name(conn, name)
