"""A site's own terms: words are blocked, allowed, and taken off its lists again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.context import Context
from service.errors import FieldRefused
from service.model.people import AuditEvent
from service.model.sites import Site
from service.model.terms import Term, TermKind
from service.screening.folding import fold
from service.store import audit, terms

MAX_TERMS: Final = 20_000


@dataclass(frozen=True, slots=True)
class TermsChange:
    """What became of a list: how many terms are new, were there before, and are gone."""

    version: int
    added: int
    known: int
    removed: int


async def add_terms(ctx: Context, site: Site, wanted: Sequence[Term], *, actor: str) -> TermsChange:
    """Add terms to the site's lists; one that is there already, once folded, takes the new severity.

    Raises `FieldRefused` where the lists would grow beyond `MAX_TERMS`.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        await terms.lock(conn, site.id)
        version, present = await terms.present(conn, site.id)
        known = {_key(term): term for term in present}
        new = {_key(term): term for term in wanted if known.get(_key(term)) != term}
        replaced = [known[key] for key in new if key in known]
        if len(known) + len(new) - len(replaced) > MAX_TERMS:
            raise FieldRefused("terms.too_many", f"A site may have {MAX_TERMS:,} terms.")
        if new:
            version = await terms.change(
                conn, site.id, added=list(new.values()), removed=replaced, actor=actor
            )
            told = f"{len(new)} terms, version {version}"
            await audit.record(conn, AuditEvent("terms.added", actor, site.id, site.slug, after=told))
    return TermsChange(version, len(new) - len(replaced), len(wanted) - len(new), 0)


async def remove_terms(
    ctx: Context, site: Site, unwanted: Sequence[tuple[TermKind, str]], *, actor: str
) -> TermsChange:
    """Take terms off the site's lists, however they were written; unknown ones are passed over."""
    async with ctx.db.transaction(moderation=True) as conn:
        await terms.lock(conn, site.id)
        version, present = await terms.present(conn, site.id)
        keys = {(kind, fold(text).text) for kind, text in unwanted}
        gone = [term for term in present if _key(term) in keys]
        if gone:
            version = await terms.change(conn, site.id, added=[], removed=gone, actor=actor)
            told = f"{len(gone)} terms, version {version}"
            await audit.record(conn, AuditEvent("terms.removed", actor, site.id, site.slug, before=told))
    return TermsChange(version, 0, 0, len(gone))


def _key(term: Term) -> tuple[TermKind, str]:
    return term.kind, fold(term.text).text
