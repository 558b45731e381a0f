"""A copy of everything that is kept under an e-mail address, for whoever it belongs to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from service.context import Context
from service.ids import new_id
from service.model.email import EmailAddress
from service.model.people import AuditEvent
from service.model.privacy import KeptOnSite
from service.model.sites import Site
from service.store import audit, erasures, kept
from service.store.database import Connection

_BATCH: Final = 100


async def export(
    ctx: Context, of_sites: Sequence[Site], email: EmailAddress, *, actor: str
) -> Sequence[KeptOnSite]:
    """What these sites keep under this address; that it was asked for is recorded, the address is not."""
    async with ctx.db.transaction(moderation=True) as conn:
        return await export_within(ctx, conn, of_sites, email, actor=actor)


async def export_within(
    ctx: Context, conn: Connection, of_sites: Sequence[Site], email: EmailAddress, *, actor: str
) -> Sequence[KeptOnSite]:
    """The same within a transaction of the caller's. Sites that keep nothing are left out."""
    found = [await _of_site(ctx, conn, site, email) for site in of_sites]
    for site, here in zip(of_sites, found, strict=True):
        if here.comments or here.rules or len(of_sites) == 1:
            told = f"{len(here.comments)} comments"
            await audit.record(conn, AuditEvent("privacy.exported", actor, site.id, site.slug, after=told))
    return [here for here in found if here.comments or here.rules]


def as_document(found: Sequence[KeptOnSite], email: EmailAddress, now: datetime) -> dict[str, object]:
    """The copy as one JSON object, which says of itself what it is."""
    sites: list[Mapping[str, object]] = [
        {"site": here.site, "comments": here.comments, "rules_about_you": here.rules} for here in found
    ]
    return {
        "what": "Everything that Greenroom keeps under this e-mail address.",
        "address": email.value,
        "made_at": now.isoformat(),
        "sites": sites,
    }


async def _of_site(ctx: Context, conn: Connection, site: Site, email: EmailAddress) -> KeptOnSite:
    digests, after, until = ctx.vault.digests(email, site.id), UUID(int=0), new_id()
    shown: list[Mapping[str, object]] = []
    while True:
        ids = await erasures.comments(conn, site.id, digests, after, until, _BATCH)
        shown += await kept.comments(conn, site.id, ids)
        if len(ids) < _BATCH:
            return KeptOnSite(site.slug, shown, await kept.rules(conn, site.id, digests))
        after = ids[-1]
