"""API tokens: `gr_<8 id>_<43 secret>_<6 check>`. The database has the secret's SHA-256 only."""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from service.context import Context
from service.errors import Unauthenticated
from service.model.people import AuditEvent, Principal, Scope
from service.store import audit, people

_SHAPE: Final = re.compile(r"gr_([0-9a-f]{8})_([A-Za-z0-9_-]{43})_([0-9a-f]{6})", re.ASCII)


async def add_token(
    ctx: Context,
    scopes: Iterable[Scope],
    *,
    actor: str,
    site_id: int | None = None,
    lasts: timedelta | None = None,
) -> str:
    """Make a token and give it, the only time that anyone sees it."""
    token_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    held = sorted(set(scopes))
    async with ctx.db.transaction(moderation=True) as conn:
        await people.add_token(conn, token_id, _digest(secret), held, site_id=site_id, lasts=lasts)
        event = AuditEvent("token.added", actor, site_id or 0, f"token {token_id}", after=" ".join(held))
        await audit.record(conn, event)
    return f"gr_{token_id}_{secret}_{_check(token_id, secret)}"


async def principal_of(ctx: Context, token: str) -> Principal:
    """Who a bearer token acts as; `Unauthenticated`, in one sentence for all causes, where nobody."""
    shape = _SHAPE.fullmatch(token)
    if shape and hmac.compare_digest(_check(shape[1], shape[2]), shape[3]):
        async with ctx.db.read(moderation=True) as conn:
            found = await people.by_token(conn, shape[1])
        if found and hmac.compare_digest(found[0], _digest(shape[2])):
            return found[1]
    raise Unauthenticated("This token is not known, has expired, or was revoked.")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _check(token_id: str, secret: str) -> str:
    """Tells a mistyped token from an unknown one without asking the database."""
    return f"{zlib.crc32(f'{token_id}{secret}'.encode()) & 0xFFFFFF:06x}"
