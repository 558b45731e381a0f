"""Gathers the facts of a submission: what it leaves behind, and what earlier comments tell about that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from service.context import Context
from service.ids import first_id, made_at
from service.model.likeness import Print
from service.model.sites import Site
from service.model.submissions import Delivery, Submission
from service.screening import likeness
from service.screening.candidate import Words
from service.screening.disposable import is_disposable
from service.screening.facts import Facts, Likeness
from service.screening.folding import fold
from service.screening.links import find_links, host_of
from service.screening.posing import poses
from service.store import facts, likenesses
from service.store.facts import Asked, Gathered
from service.store.likenesses import Found

NETWORK_RECENT: Final = timedelta(minutes=10)
PAGE_RECENT: Final = timedelta(hours=1)
MAX_HOSTS: Final = 10
_DAY: Final = timedelta(days=1)
_ALONE: Final = Found(Likeness(), None)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts, and what is stored so that later submissions can be compared with this one.

    `network` is a keyed digest, `hosts` are where the links lead, the site's own left out, `printed` is
    what the text is compared by (None: it is too short), and `campaign_id` the campaign it belongs to.
    """

    facts: Facts
    network: bytes
    hosts: Sequence[str]
    printed: Print | None
    campaign_id: UUID | None


async def gather(ctx: Context, site: Site, submission: Submission, delivery: Delivery) -> Known:
    """Everything that filters may know about this submission."""
    now = ctx.clock()
    own = _own_hosts(site)
    hosts = _hosts(submission.text, submission.website, own)
    network = ctx.vault.tag("network", f"{site.id}\x00{delivery.network}".encode())
    printed = likeness.read(fold(submission.text))
    asked = Asked(
        site_id=site.id,
        network=network,
        author=ctx.vault.digests(submission.email, site.id) if submission.email else [],
        hosts=hosts,
        page_id=submission.page.id,
        network_since=_first_id(now - NETWORK_RECENT),
        page_since=_first_id(now - PAGE_RECENT),
    )
    async with ctx.db.read() as conn:
        known = await facts.gather(conn, asked)
        alike = await likenesses.find(conn, site.id, printed) if printed else _ALONE
    found = Facts(
        honeypot=bool(delivery.honeypot.strip()),
        fill_seconds=delivery.fill_seconds,
        has_form_token=delivery.has_form_token,
        own_hosts=own,
        language=site.language.partition("-")[0].lower(),
        disposable_email=_is_disposable(submission),
        network_recent=known.network_recent,
        page_recent=known.page_recent,
        page_age_days=_days_since(known.page_since, now),
        page_quiet_days=_quiet_days(known, now),
        author=known.author,
        network=known.network,
        hosts=known.hosts,
        likeness=alike.likeness,
        poses=poses(submission.name, known.own_names),
    )
    return Known(found, network, hosts, printed, alike.campaign_id)


@dataclass(frozen=True, slots=True)
class Reread:
    """The facts of a comment that says something else now, and what is stored of that."""

    facts: Facts
    hosts: Sequence[str]
    printed: Print | None
    campaign_id: UUID | None


async def gather_again(ctx: Context, site: Site, sent: Facts, words: Words, comment_id: UUID) -> Reread:
    """The facts of a comment whose author changed it: what depends on the words is looked up anew.

    How it was `sent` stays as it was. The comment itself is none of its like.
    """
    hosts = _hosts(words.text, words.website, _own_hosts(site))
    printed = likeness.read(fold(words.text))
    async with ctx.db.read() as conn:
        known = await facts.of_hosts(conn, site.id, hosts)
        alike = await likenesses.find(conn, site.id, printed, but=comment_id) if printed else _ALONE
    return Reread(replace(sent, hosts=known, likeness=alike.likeness), hosts, printed, alike.campaign_id)


def _is_disposable(submission: Submission) -> bool:
    email = submission.email
    return email is not None and is_disposable(email.canonical.rpartition("@")[2])


def _own_hosts(site: Site) -> frozenset[str]:
    return frozenset(urlsplit(origin).hostname or "" for origin in site.origins)


def _hosts(text: str, website: str | None, own: frozenset[str]) -> Sequence[str]:
    """Where the words lead, each once, the site's own hosts left out."""
    found = [link.host for link in find_links(text, "text")]
    if website:
        found.append(host_of(website))
    return [host for host in dict.fromkeys(filter(None, found)) if host not in own][:MAX_HOSTS]


def _first_id(moment: datetime) -> UUID:
    return first_id(int(moment.timestamp() * 1000))


def _days_since(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment) / _DAY)


def _quiet_days(known: Gathered, now: datetime) -> float | None:
    if known.page_before is None:
        return None
    before = made_at(known.page_before) / 1000
    return max(0.0, (now.timestamp() - before - PAGE_RECENT.total_seconds()) / _DAY.total_seconds())
