"""Empties the outbox: opens each address at the moment of sending, and forgets it right after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from service.context import Context
from service.mail import Letter, NotSent, send
from service.model.privacy import Mail
from service.store import outbox, privacy_requests
from service.usecases.privacy_requests import keeps_anything, token_of, unseal
from service.vault import CannotOpen

# What a mail says: of this kind, in this language, with this link.
Compose = Callable[[str, str, str], Letter]

TRIES: Final = 8
_AT_ONCE: Final = 20
_CLAIMED_FOR: Final = timedelta(minutes=2)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_log = structlog.get_logger("greenroom.mail")


async def send_mails(ctx: Context, compose: Compose) -> int:
    """Send what is due; gives how many mails went out.

    One that the server does not take now is tried again after 1, 2, 4 … minutes, about two hours in all; one
    that it never takes is given up, and its address forgotten.
    """
    if ctx.settings.smtp_host is None:
        return 0
    async with ctx.db.read(moderation=True) as conn:
        due = await outbox.claim(conn, ctx.clock(), _CLAIMED_FOR, _AT_ONCE)
    return sum([await _send(ctx, mail, compose) for mail in due])


async def _send(ctx: Context, mail: Mail, compose: Compose) -> bool:
    try:
        went_out = await _deliver(ctx, mail, compose)
    except CannotOpen:
        await _give_up(ctx, mail, "CannotOpen")
        return False
    except NotSent as failure:
        if failure.for_good or mail.attempts >= TRIES:
            await _give_up(ctx, mail, failure.cause)
        else:
            async with ctx.db.read(moderation=True) as conn:
                await outbox.later(conn, mail.id, ctx.clock() + _FIRST_PAUSE * 2 ** (mail.attempts - 1))
            _log.warning("mail.delayed", mail=str(mail.id), tries=mail.attempts, error=failure.cause)
        return False
    async with ctx.db.read(moderation=True) as conn:
        await outbox.sent(conn, mail.id)
    return went_out


async def _deliver(ctx: Context, mail: Mail, compose: Compose) -> bool:
    """Whether a mail was sent: not where the request has ended, or where nothing is kept of them."""
    async with ctx.db.read(moderation=True) as conn:
        request = await privacy_requests.get(conn, mail.about)
    email = unseal(ctx, mail.recipient, mail.id)
    if request is None or not request.is_good(ctx.clock()) or not await keeps_anything(ctx, request, email):
        return False
    letter = compose(mail.kind, mail.language, f"{ctx.settings.own_url}/privacy/{token_of(ctx, request)}")
    await send(ctx.settings, email.value, letter, ctx.clock())
    _log.info("mail.sent", mail=str(mail.id))
    return True


async def _give_up(ctx: Context, mail: Mail, cause: str) -> None:
    async with ctx.db.read(moderation=True) as conn:
        await outbox.give_up(conn, mail.id, ctx.clock())
    _log.error("mail.given_up", mail=str(mail.id), tries=mail.attempts, error=cause)
