"""What standing rules look like."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, StrictInt, StrictStr

from service.model.decisions import Reason
from service.model.rules import MAX_HOURS, MAX_VALUE, RuleKind, RuleRecord
from service.web.wire.base import In, Out

# Digests say nothing to people, and are nobody's business.
_UNSAID: Final = (RuleKind.AUTHOR, RuleKind.NETWORK)


class RuleIn(In):
    """A rule: of a host or of words by `value`, of an author or a network by a comment that is `like` it."""

    kind: RuleKind
    value: StrictStr | None = Field(None, max_length=MAX_VALUE)
    like: UUID | None = None
    action: Literal["approve", "reject"]
    reason: Reason | None = None
    hours: StrictInt = Field(ge=1, le=MAX_HOURS)
    batch_id: UUID | None = Field(None, description="The act whose undoing ends the rule.")


class RuleOut(Out):
    """A rule, and how often it decided."""

    id: UUID
    site: str
    kind: RuleKind
    value: str | None = Field(description="Null for authors and networks, which are keyed digests.")
    action: Literal["approve", "reject"]
    reason: Reason | None
    made_by: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    batch_id: UUID | None
    used: int

    @classmethod
    def of(cls, record: RuleRecord) -> "RuleOut":
        """A rule as moderators see it."""
        rule = record.rule
        return cls(
            id=rule.id,
            site=record.site,
            kind=rule.kind,
            value=None if rule.kind in _UNSAID else rule.value,
            action="approve" if rule.action == "approve" else "reject",
            reason=rule.reason,
            made_by=rule.made_by,
            made_at=record.made_at,
            expires_at=record.expires_at,
            ended_at=record.ended_at,
            batch_id=record.batch_id,
            used=record.used,
        )


class RulesOut(Out):
    """Rules: those that stand first, then the latest of those that stood."""

    rules: list[RuleOut]
