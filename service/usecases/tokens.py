"""API tokens: `gr_<8 id>_<43 secret>_<6 check>`. The database has the secret's SHA-256 only."""

import asyncio
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from service.context import Context
from service.errors import FieldRefused, Forbidden, TokenNotFound, Unauthenticated
from service.model.people import AuditEvent, Principal, Scope, covers
from service.model.privacy import Ended
from service.store import api_tokens, audit
from service.store.api_tokens import StoredToken
from service.store.database import Connection
from service.vault import Ledger

_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)
_SHAPE: Final = re.compile(r"gr_([0-9a-f]{8})_([A-Za-z0-9_-]{43})_([0-9a-f]{6})", re.ASCII)


async def add_token(
    ctx: Context,
    scopes: Iterable[Scope],
    *,
    actor: str,
    site_id: int | None = None,
    lasts: timedelta | None = None,
    name: str | None = None,
) -> str:
    """Make a token and give it, the only time that anyone sees it."""
    until = ctx.clock() + lasts if lasts else None
    async with ctx.db.transaction(moderation=True) as conn:
        return await _make(conn, scopes, actor=actor, site_id=site_id, until=until, name=name)


async def add_own_token(
    ctx: Context,
    by: Principal,
    scopes: Iterable[Scope],
    *,
    site_id: int | None,
    lasts: timedelta | None,
    name: str,
) -> str:
    """The same for a caller who gives away no more than they have: `Forbidden`."""
    asked = frozenset(scopes)
    may_here = by.governs if site_id is None else by.may(Scope.ADMIN, site_id)
    if not may_here or not covers(by.scopes_on(site_id), asked):
        raise Forbidden("scope_missing", "A token may do no more than you may, nor on other sites.")
    return await add_token(ctx, asked, actor=by.name, site_id=site_id, lasts=lasts, name=name)


async def list_tokens(ctx: Context, by: Principal) -> Sequence[StoredToken]:
    """The tokens of the caller's sites; every token where the installation is theirs."""
    async with ctx.db.read(moderation=True) as conn:
        return await api_tokens.every(conn, None if by.governs else _administered(by))


async def revoke_token(ctx: Context, by: Principal, token_id: str) -> None:
    """End a token here and now; `TokenNotFound`."""
    async with ctx.db.transaction(moderation=True) as conn:
        token = await _lock(conn, by, token_id)
        await api_tokens.revoke(conn, token_id)
        await audit.record(
            conn, AuditEvent("token.revoked", by.name, token.site_id or 0, f"token {token_id}")
        )
        # Last, before the commit, so that no restored database has it again.
        ended = Ended("revoked", token.site_id or 0, token_id)
        await asyncio.to_thread(Ledger(ctx.settings.own_ledger).end, ended)


async def rotate_token(ctx: Context, by: Principal, token_id: str, overlap: timedelta) -> str:
    """A new token that may do the same, in the place of one that ends after `overlap`.

    Raises `TokenNotFound`, and `Forbidden` where the token may do what its rotator may not.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        old = await _lock(conn, by, token_id)
        if not covers(by.scopes_on(old.site_id), old.scopes):
            raise Forbidden("scope_missing", "A token may do no more than you may, nor on other sites.")
        lasts = old.expires_at - old.created_at if old.expires_at else None
        until = ctx.clock() + lasts if lasts else None
        made = await _make(conn, old.scopes, actor=by.name, site_id=old.site_id, until=until, name=old.name)
        await api_tokens.expire(conn, token_id, overlap)
        event = AuditEvent(
            "token.rotated", by.name, old.site_id or 0, f"token {token_id}", after=f"token {made[3:11]}"
        )
        await audit.record(conn, event)
    return made


async def principal_of(ctx: Context, token: str) -> Principal:
    """Who a bearer token acts as; `Unauthenticated`, in one sentence for all causes, where nobody."""
    shape = _SHAPE.fullmatch(token)
    if shape and hmac.compare_digest(_check(shape[1], shape[2]), shape[3]):
        async with ctx.db.read(moderation=True) as conn:
            found = await api_tokens.by_id(conn, shape[1])
            if found and hmac.compare_digest(found[0], _digest(shape[2])):
                if found[1]:
                    await api_tokens.touch(conn, shape[1])
                return found[2]
    raise Unauthenticated("This token is not known, has expired, or was revoked.")


def parse_token_name(raw: str) -> str:
    """What a token is for, in up to 64 characters."""
    name = raw.strip()
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise FieldRefused("name.invalid", "A token's name is 1 to 64 characters that can be seen.")
    return name


def _administered(by: Principal) -> list[int]:
    return [site_id for site_id in sorted(by.site_ids or ()) if by.may(Scope.ADMIN, site_id)]


async def _lock(conn: Connection, by: Principal, token_id: str) -> StoredToken:
    found = await api_tokens.lock(conn, token_id) if _ID.fullmatch(token_id) else None
    if found is None or found.revoked_at is not None:
        raise TokenNotFound
    if not (by.governs if found.site_id is None else by.may(Scope.ADMIN, found.site_id)):
        raise TokenNotFound
    return found


async def _make(
    conn: Connection,
    scopes: Iterable[Scope],
    *,
    actor: str,
    site_id: int | None,
    until: datetime | None,
    name: str | None,
) -> str:
    token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    held = sorted(set(scopes))
    await api_tokens.add(
        conn, token_id, _digest(secret), held, name=name, site_id=site_id, expires_at=until, made_by=actor
    )
    event = AuditEvent("token.added", actor, site_id or 0, f"token {token_id}", after=" ".join(held))
    await audit.record(conn, event)
    return f"gr_{token_id}_{secret}_{_check(token_id, secret)}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _check(token_id: str, secret: str) -> str:
    """Tells a mistyped token from an unknown one without asking the database."""
    return f"{zlib.crc32(f'{token_id}{secret}'.encode()) & 0xFFFFFF:06x}"
