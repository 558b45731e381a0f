"""A decision on many comments comes to hold for those to come, too, for a while."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from service.context import Context
from service.errors import BatchNotFound, CommentNotFound, Conflict, FieldError, InvalidFields
from service.ids import new_id, parse_id
from service.model.decisions import Action, Reason
from service.model.people import AuditEvent, Principal
from service.model.rules import MAX_VALUE, Rule, RuleKind, RuleRecord
from service.model.sites import Site
from service.screening.links import host_of
from service.screening.standing import MIN_WORDS, fold_words
from service.store import audit, batches, rules
from service.store.database import Connection

MAX_STANDING: Final = 100


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it is asked for: about a value that people can say, or `like` a comment in what they cannot.

    A host and words are said as `value`; an author and a network only by a comment of theirs; a campaign
    either way. `batch_id` names the act whose undoing ends the rule.
    """

    kind: RuleKind
    action: Action
    reason: Reason | None
    hours: int
    value: str | None = None
    like: UUID | None = None
    batch_id: UUID | None = None


async def make_rule(ctx: Context, by: Principal, site: Site, wanted: NewRule) -> RuleRecord:
    """Let a rule stand from now on, for so many hours.

    Raises `InvalidFields`, `CommentNotFound` (`like`), `BatchNotFound`, and `Conflict` where `MAX_STANDING`
    rules stand on the site already.
    """
    async with ctx.db.transaction(moderation=True) as conn:
        if wanted.batch_id and not await batches.sites_of(conn, [site.id], wanted.batch_id):
            raise BatchNotFound
        rule_id = await add_rule(conn, by, site.id, wanted, wanted.batch_id)
        made = await rules.get(conn, site.id, rule_id)
    assert made is not None
    return made


async def add_rule(
    conn: Connection, by: Principal, site_id: int, wanted: NewRule, batch_id: UUID | None
) -> UUID:
    """The same, within a transaction and for a batch that may only begin; gives the rule's id."""
    if await rules.count_standing(conn, site_id) >= MAX_STANDING:
        raise Conflict(f"{MAX_STANDING} rules stand on this site. End one before you make another.")
    reason = (wanted.reason or Reason.OTHER) if wanted.action is Action.REJECT else None
    value = await _value(conn, site_id, wanted)
    rule = Rule(new_id(), wanted.kind, value, wanted.action, reason, by.name)
    await rules.add(conn, site_id, rule, batch_id, timedelta(hours=wanted.hours))
    told = f"{wanted.action.value} {wanted.kind.value} for {wanted.hours} h"
    await audit.record(conn, AuditEvent("rule.made", by.name, site_id, str(rule.id), after=told))
    return rule.id


async def _value(conn: Connection, site_id: int, wanted: NewRule) -> str:
    if wanted.like is not None:
        return await _value_of(conn, site_id, wanted.kind, wanted.like)
    given = (wanted.value or "").strip()
    match wanted.kind:
        case RuleKind.HOST:
            host = host_of(given)
            if host and "." in host:
                return host[:MAX_VALUE]
            raise _refused("/value", "value.host", "Name a host, such as spam.example.")
        case RuleKind.TEXT:
            words = fold_words(given)
            if MIN_WORDS <= len(words) <= MAX_VALUE:
                return words
            raise _refused("/value", "value.text", f"Give words of {MIN_WORDS} to {MAX_VALUE} characters.")
        case RuleKind.CAMPAIGN if parse_id(given):
            return given
        case _:
            raise _refused("/like", "like.required", "Name a comment that the rule is modelled on.")


async def _value_of(conn: Connection, site_id: int, kind: RuleKind, comment_id: UUID) -> str:
    found = await rules.pattern(conn, site_id, comment_id)
    if found is None:
        raise CommentNotFound
    match kind:
        case RuleKind.CAMPAIGN:
            value = str(found.campaign_id) if found.campaign_id else None
        case RuleKind.AUTHOR:
            value = found.author
        case RuleKind.NETWORK:
            value = found.network
        case _:
            raise _refused("/like", "like.unexpected", "Say the host or the words as the value.")
    if value is None:
        raise _refused("/like", "like.unknown", f"Nothing is known about this comment's {kind.value}.")
    return value


def _refused(pointer: str, code: str, detail: str) -> InvalidFields:
    return InvalidFields([FieldError(pointer, code, detail)])
