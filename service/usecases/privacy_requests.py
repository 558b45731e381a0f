"""People who ask what is kept under their address, or that it be erased: a mail proves that it is theirs.

The answer to asking is the same for every address. The link is a signature, so that it is stored nowhere; it
is good for three days and once, and opening it changes nothing.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from service.context import Context
from service.errors import FieldRefused, LinkGone, NotFound, NotSetUp, RateLimited
from service.ids import new_id, parse_id
from service.model.email import EmailAddress, parse_email
from service.model.privacy import Erased, KeptOnSite, Mail, PrivacyRequest
from service.model.sites import Site
from service.store import erasures, limits, outbox, privacy_requests, sites
from service.store.database import Connection
from service.usecases.erase import Naming, carry_out_all, mail_digest, plan
from service.usecases.export import export_within
from service.vault import CannotOpen

ACTOR: Final = "owner of the address"
LASTS: Final = timedelta(hours=72)
LINK: Final = "privacy_link"
_PURPOSE: Final = "privacy-link"
_SEALING: Final = "mail"
_ADDRESS_BYTES: Final = 320
_EVERY: Final = timedelta(minutes=10)
_FROM_ONE_NETWORK: Final = 5
_TO_ONE_ADDRESS: Final = 3
_log = structlog.get_logger("greenroom.privacy")


async def ask(ctx: Context, site: Site | None, email: EmailAddress, language: str, network: str) -> None:
    """Have a link sent to this address, if anything is kept under it (on `site`; None: on any site).

    Whether it is, is found out when the mail is sent: here nothing depends on it. Raises `NotSetUp` without
    a mail server, `RateLimited` for a network that asks too often; an address that gets too many mails is
    passed over in silence.
    """
    if ctx.settings.smtp_host is None:
        raise NotSetUp("This service sends no mails. Please write to the publisher of the site instead.")
    now, digest = ctx.clock(), mail_digest(ctx, email)
    async with ctx.db.read() as conn:
        wait = await limits.hit(
            conn, ctx.vault.tag("limit-privacy", network.encode()), _EVERY, _FROM_ONE_NETWORK
        )
        if wait is not None:
            raise RateLimited(int(wait) + 1, "Too many requests from your network. Please try again later.")
        often = await limits.hit(conn, ctx.vault.tag("limit-mail", digest), _EVERY, _TO_ONE_ADDRESS)
    if often is not None:
        return
    request_id, mail_id = new_id(), new_id()
    request = PrivacyRequest(
        id=request_id,
        site_id=site.id if site else None,
        address=seal(ctx, email, request_id),
        digest=digest,
        asked_at=now,
        expires_at=now + LASTS,
    )
    mail = Mail(mail_id, LINK, request_id, seal(ctx, email, mail_id), language, attempts=0)
    async with ctx.db.transaction() as conn:
        await privacy_requests.add(conn, request)
        await outbox.add(conn, mail, digest, now)
    _log.info("privacy.asked", request=str(request_id))


def token_of(ctx: Context, request: PrivacyRequest) -> str:
    """What the link of a request ends with: `<request id>.<key id>.<signature>`."""
    return f"{request.id}.{ctx.vault.sign(_PURPOSE, request.id.bytes)}"


async def look(ctx: Context, token: str) -> PrivacyRequest:
    """The request whose link this is. `NotFound` for what is no link of ours, `LinkGone`."""
    async with ctx.db.read() as conn:
        found = await privacy_requests.get(conn, _checked(ctx, token))
    if found is None or not found.is_good(ctx.clock()):
        raise LinkGone
    return found


async def export_by_link(ctx: Context, token: str) -> tuple[EmailAddress, Sequence[KeptOnSite]]:
    """The copy that a link asks for; it is used up with it. `NotFound`, `LinkGone`."""
    async with ctx.db.transaction(moderation=True) as conn:
        request, email, found = await _use(ctx, conn, token)
        kept = await export_within(ctx, conn, found, email, actor=ACTOR)
    _log.info("privacy.exported", request=str(request.id))
    return email, kept


async def erase_by_link(ctx: Context, token: str, naming: Naming | None = None) -> Erased:
    """The erasure that a link asks for, as `erase` does it; it is used up with it.

    Raises `NotFound`, `LinkGone`, `Unavailable`.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        _, email, found = await _use(ctx, conn, token)
        planned = await plan(ctx, conn, found, email, naming)
    return await carry_out_all(ctx, planned, actor=ACTOR)


async def keeps_anything(ctx: Context, request: PrivacyRequest, email: EmailAddress) -> bool:
    """Whether any of the sites that were asked about has something under this address."""
    start, until = UUID(int=0), new_id()
    async with ctx.db.read(moderation=True) as conn:
        for site in await _sites(conn, request):
            digests = ctx.vault.digests(email, site.id)
            if await erasures.comments(conn, site.id, digests, start, until, 1):
                return True
    return False


def seal(ctx: Context, email: EmailAddress, owner: UUID) -> bytes:
    """An address for `owner` alone, all of one length."""
    return ctx.vault.seal_secret(_SEALING, email.value.encode().ljust(_ADDRESS_BYTES, b"\0"), owner)


def unseal(ctx: Context, box: bytes, owner: UUID) -> EmailAddress:
    """The address again; `CannotOpen`."""
    plain = ctx.vault.open_secret(_SEALING, box, owner).rstrip(b"\0").decode()
    try:
        return parse_email(plain)
    except FieldRefused:
        raise CannotOpen from None


async def _use(
    ctx: Context, conn: Connection, token: str
) -> tuple[PrivacyRequest, EmailAddress, Sequence[Site]]:
    request = await privacy_requests.use(conn, _checked(ctx, token), ctx.clock())
    if request is None or request.address is None:
        raise LinkGone
    return request, unseal(ctx, request.address, request.id), await _sites(conn, request)


async def _sites(conn: Connection, request: PrivacyRequest) -> Sequence[Site]:
    return [site for site in await sites.every(conn) if request.site_id in {None, site.id}]


def _checked(ctx: Context, token: str) -> UUID:
    written, _, signature = token.partition(".")
    request_id = parse_id(written)
    if request_id is None or not ctx.vault.verify(_PURPOSE, request_id.bytes, signature):
        raise NotFound("There is nothing at this address.")
    return request_id
