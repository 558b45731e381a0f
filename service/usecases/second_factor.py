"""Second factors: codes by time (RFC 6238) and, should the device be lost, recovery codes."""

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import pyotp
import structlog

from service.context import Context
from service.errors import Conflict, FieldError, InvalidFields
from service.model.people import AuditEvent, Moderator
from service.store import audit, people, second_factors
from service.store.database import Connection
from service.vault import CannotOpen

RECOVERY_CODES: Final = 10
_PURPOSE: Final = "totp-aead"
_STEP_SECONDS: Final = 30
# A clock may be off by one step (RFC 6238, 5.2).
_DRIFT: Final = 1
_DIGITS: Final = re.compile(r"[0-9]{6}", re.ASCII)
# Without letters and digits that look alike.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_log = structlog.get_logger("greenroom.second_factor")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs: the secret, and the same as an address for its camera."""

    secret: str
    uri: str


async def enrol(ctx: Context, moderator_id: UUID) -> Enrolment:
    """Make a secret that counts once a code from it is shown; `Conflict` where one counts already."""
    secret = pyotp.random_base32()
    sealed = ctx.vault.seal_secret(_PURPOSE, secret.encode(), moderator_id)
    async with ctx.db.transaction(moderation=True) as conn:
        moderator = await people.by_id(conn, moderator_id)
        if moderator is None or not await second_factors.begin(conn, moderator_id, sealed):
            raise Conflict("There is a second factor already. Remove it before you set up another one.")
    return _enrolment(secret, moderator.name)


def enrolment_of(ctx: Context, moderator: Moderator) -> Enrolment | None:
    """What was made for an authenticator and is still to be confirmed."""
    if moderator.totp is None or moderator.has_second_factor:
        return None
    secret = ctx.vault.open_secret(_PURPOSE, moderator.totp, moderator.id).decode()
    return _enrolment(secret, moderator.name)


async def confirm(ctx: Context, moderator_id: UUID, code: str) -> list[str]:
    """Let the enrolled secret count, given a code from it; gives the recovery codes, this once.

    Raises `InvalidFields` for a wrong code, `Conflict` where there is nothing to confirm.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        moderator = await people.by_id(conn, moderator_id)
        if moderator is None or moderator.totp is None or moderator.has_second_factor:
            raise Conflict("There is no second factor to confirm. Set one up first.")
        if not await _takes_time_code(ctx, conn, moderator, code):
            raise InvalidFields([FieldError("/code", "code.wrong", "The code is not right.")])
        await second_factors.confirm(conn, moderator_id)
        codes = await _new_codes(ctx, conn, moderator_id)
        await audit.record(conn, AuditEvent("second_factor.added", moderator.name, target=moderator.name))
    return codes


async def renew_codes(ctx: Context, moderator: Moderator) -> list[str]:
    """Ten new recovery codes in the place of what is left of the old ones."""
    async with ctx.db.transaction(moderation=True) as conn:
        if not moderator.has_second_factor:
            raise Conflict("Recovery codes stand in for a second factor. Set one up first.")
        codes = await _new_codes(ctx, conn, moderator.id)
        await audit.record(conn, AuditEvent("recovery_codes.renewed", moderator.name, target=moderator.name))
    return codes


async def remove(ctx: Context, moderator: Moderator, *, actor: str) -> None:
    """From now on the password is enough."""
    async with ctx.db.transaction(moderation=True) as conn:
        await second_factors.remove(conn, moderator.id)
        await audit.record(conn, AuditEvent("second_factor.removed", actor, target=moderator.name))


async def takes_code(ctx: Context, moderator: Moderator, code: str) -> bool:
    """Whether this code is right now; each is taken once, be it by time or for recovery."""
    async with ctx.db.transaction(moderation=True) as conn:
        if await _takes_time_code(ctx, conn, moderator, code):
            return True
        digest = _digest(ctx, moderator.id, code)
        if not moderator.has_second_factor or not await second_factors.use_code(conn, moderator.id, digest):
            return False
        await audit.record(conn, AuditEvent("recovery_code.used", moderator.name, target=moderator.name))
        return True


async def _takes_time_code(ctx: Context, conn: Connection, moderator: Moderator, code: str) -> bool:
    code = re.sub(r"\s", "", code)
    if moderator.totp is None or not _DIGITS.fullmatch(code):
        return False
    try:
        secret = ctx.vault.open_secret(_PURPOSE, moderator.totp, moderator.id).decode()
    except CannotOpen:
        _log.error("second_factor.cannot_open", moderator=str(moderator.id))
        return False  # A recovery code, or an admin, still lets them in.
    now = int(ctx.clock().timestamp()) // _STEP_SECONDS
    generator = pyotp.TOTP(secret)
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), code):
            return await second_factors.use_step(conn, moderator.id, step)
    return False


async def _new_codes(ctx: Context, conn: Connection, moderator_id: UUID) -> list[str]:
    codes = [_code() for _ in range(RECOVERY_CODES)]
    await second_factors.set_codes(conn, moderator_id, [_digest(ctx, moderator_id, code) for code in codes])
    return codes


def _enrolment(secret: str, name: str) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Greenroom"))


def _code() -> str:
    """Twelve characters, 59 bits, in groups that can be read aloud."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


def _digest(ctx: Context, moderator_id: UUID, code: str) -> bytes:
    plain = re.sub(r"[\s-]", "", code[:64]).casefold()
    return ctx.vault.tag("recovery-code", moderator_id.bytes + plain.encode(errors="replace"), 32)


def sealed_anew(ctx: Context, moderator: Moderator) -> bytes | None:
    """A moderator's secret under the newest key; None where there is none, or none that opens."""
    if moderator.totp is None:
        return None
    try:
        secret = ctx.vault.open_secret(_PURPOSE, moderator.totp, moderator.id)
    except CannotOpen:
        _log.error("second_factor.cannot_open", moderator=str(moderator.id))
        return None
    return ctx.vault.seal_secret(_PURPOSE, secret, moderator.id)
