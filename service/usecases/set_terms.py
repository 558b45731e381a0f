"""A site's own terms: words are blocked, allowed, and taken off its lists again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.context import Context
from service.errors import FieldRefused
from service.model.people import AuditEvent
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.screening.folding import fold
from service.store import audit, terms

MAX_TERMS: Final = 20_000
MAX_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class TermsChange:
    """What became of a list: how many terms are new, were there before, and are gone."""

    version: int
    added: int
    known: int
    removed: int


async def set_terms(ctx: Context, site: Site, proposed: TermsProposal, *, actor: str) -> TermsChange:
    """Add and remove terms, as one new version of the site's lists.

    A term that is there already, once folded, takes the new severity; unknown ones are removed without a
    word. Raises `FieldRefused` where the lists would grow beyond `MAX_TERMS`.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        await terms.lock(conn, site.id)
        version, present = await terms.present(conn, site.id)
        outcome = outcome_of(present, proposed)
        if outcome.added or outcome.removed:
            version = await terms.change(
                conn, site.id, added=outcome.added, removed=outcome.removed, actor=actor
            )
            gone, new = _told(outcome.removed), _told(outcome.added)
            told = gone or None, f"version {version}: {new or 'none added'}"
            await audit.record(conn, AuditEvent("terms.changed", actor, site.id, site.slug, *told))
    return TermsChange(version, outcome.new, len(proposed.add) - len(outcome.added), outcome.gone)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a proposal does to a list: rows that begin and end, and how many terms are new and gone by it."""

    added: Sequence[Term]
    removed: Sequence[Term]
    new: int
    gone: int


def outcome_of(present: Sequence[Term], proposed: TermsProposal) -> Outcome:
    """What this proposal does to this list; `FieldRefused` where it grows too long."""
    known = {_key(term): term for term in present}
    wanted = {_key(term): term for term in proposed.add}
    unwanted = {(kind, fold(text).text) for kind, text in proposed.remove} - wanted.keys()
    added = [term for key, term in wanted.items() if known.get(key) != term]
    replaced = [known[_key(term)] for term in added if _key(term) in known]
    gone = [term for key, term in known.items() if key in unwanted]
    if len(known) + len(added) - len(replaced) - len(gone) > MAX_TERMS:
        raise FieldRefused("terms.too_many", f"A site may have {MAX_TERMS:,} terms.")
    return Outcome(added, [*replaced, *gone], len(added) - len(replaced), len(gone))


def _told(changed: Sequence[Term]) -> str:
    """Terms for the trail, the first of a long list: every version of the lists is kept whole anyway."""
    # The trail holds no address, and it is never emptied; somebody may have blocked one as a term.
    said = ", ".join(
        f"{term.kind.value} {'an address' if '@' in term.text else term.text} ({term.severity})"
        for term in changed[:MAX_TOLD]
    )
    return said if len(changed) <= MAX_TOLD else f"{said}, and {len(changed) - MAX_TOLD:,} more"


def _key(term: Term) -> tuple[TermKind, str]:
    return term.kind, fold(term.text).text
