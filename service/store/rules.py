"""Table `rule`: what stands, what stood, and how often it was used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from service.model.decisions import Action, Reason
from service.model.rules import Rule, RuleKind, RuleRecord
from service.store.database import Connection

ADD: Final = """
INSERT INTO rule (site_id, id, kind, value, action, reason, batch_id, made_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::interval)
"""
COUNT: Final = "SELECT count(*) FROM rule WHERE site_id = $1 AND ended_at IS NULL AND expires_at > now()"
# Those that stand first, then the latest of the others.
PAGE: Final = """
SELECT r.id, r.kind, r.value, r.action, r.reason, r.made_by, s.slug AS site, r.batch_id, r.made_at,
       r.expires_at, r.ended_at, r.used
  FROM rule r
  JOIN site s ON s.id = r.site_id
 WHERE r.site_id = ANY($1::integer[])
 ORDER BY (r.ended_at IS NULL AND r.expires_at > now()) DESC, r.id DESC
 LIMIT $2
"""
ONE: Final = """
SELECT r.id, r.kind, r.value, r.action, r.reason, r.made_by, s.slug AS site, r.batch_id, r.made_at,
       r.expires_at, r.ended_at, r.used
  FROM rule r
  JOIN site s ON s.id = r.site_id
 WHERE r.site_id = $1 AND r.id = $2
"""
END: Final = """
UPDATE rule
   SET ended_at = now()
 WHERE site_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > now()
RETURNING 1
"""
END_OF_BATCH: Final = """
UPDATE rule
   SET ended_at = now()
 WHERE site_id = ANY($1::integer[]) AND batch_id = $2 AND ended_at IS NULL AND expires_at > now()
RETURNING site_id, id
"""
OF_BATCH: Final = "SELECT id FROM rule WHERE site_id = ANY($1::integer[]) AND batch_id = $2 ORDER BY id"
# What was ended while a submission was on its way decides nothing any more.
USE: Final = """
UPDATE rule
   SET used = used + 1
 WHERE site_id = $1 AND id = $2 AND ended_at IS NULL AND expires_at > now()
RETURNING 1
"""
MODEL: Final = """
SELECT c.campaign_id, encode(c.network, 'hex') AS network, encode(t.digest, 'hex') AS author
  FROM comment c
  LEFT JOIN contact t ON t.site_id = c.site_id AND t.comment_id = c.id
 WHERE c.site_id = $1 AND c.id = $2
"""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a comment gives a rule to look for; None where it has no such thing (any more)."""

    campaign_id: UUID | None
    network: str | None
    author: str | None


async def add(conn: Connection, site_id: int, rule: Rule, batch_id: UUID | None, lasts: timedelta) -> None:
    """Write down a rule that stands from now on."""
    await conn.execute(
        ADD,
        site_id,
        rule.id,
        rule.kind.value,
        rule.value,
        rule.action.value,
        rule.reason.value if rule.reason else None,
        batch_id,
        rule.made_by,
        lasts,
    )


async def count_standing(conn: Connection, site_id: int) -> int:
    """How many rules stand on a site."""
    return int(await conn.fetchval(COUNT, site_id))


async def page(conn: Connection, site_ids: Sequence[int], limit: int) -> Sequence[RuleRecord]:
    """Up to `limit` rules of these sites: those that stand, then the latest of those that stood."""
    return [_record(row) for row in await conn.fetch(PAGE, list(site_ids), limit)]


async def get(conn: Connection, site_id: int, rule_id: UUID) -> RuleRecord | None:
    """One rule of a site."""
    row = await conn.fetchrow(ONE, site_id, rule_id)
    return None if row is None else _record(row)


async def end(conn: Connection, site_id: int, rule_id: UUID) -> bool:
    """End a rule; False where it does not stand any more."""
    return await conn.fetchval(END, site_id, rule_id) is not None


async def end_of_batch(
    conn: Connection, site_ids: Sequence[int], batch_id: UUID
) -> Sequence[tuple[int, UUID]]:
    """End what stands of a batch's rules; gives the site and the id of each that did."""
    rows = await conn.fetch(END_OF_BATCH, list(site_ids), batch_id)
    return [(row["site_id"], row["id"]) for row in rows]


async def of_batch(conn: Connection, site_ids: Sequence[int], batch_id: UUID) -> list[UUID]:
    """The ids of all rules that a batch ever made."""
    return [row["id"] for row in await conn.fetch(OF_BATCH, list(site_ids), batch_id)]


async def use(conn: Connection, site_id: int, rule_id: UUID) -> bool:
    """Count one use of a rule; False where it does not stand any more."""
    return await conn.fetchval(USE, site_id, rule_id) is not None


async def pattern(conn: Connection, site_id: int, comment_id: UUID) -> Pattern | None:
    """What a rule that is modelled on this comment would look for, or None for an unknown comment."""
    row = await conn.fetchrow(MODEL, site_id, comment_id)
    return None if row is None else Pattern(row["campaign_id"], row["network"], row["author"])


def from_json(found: str | None) -> tuple[Rule, ...]:
    """The rules in a JSON list of rows; none for None."""
    return tuple(_rule(UUID(each["id"]), each) for each in (json.loads(found) if found else ()))


def _rule(rule_id: UUID, row: "asyncpg.Record | Mapping[str, str]") -> Rule:
    return Rule(
        id=rule_id,
        kind=RuleKind(row["kind"]),
        value=row["value"],
        action=Action(row["action"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        made_by=row["made_by"],
    )


def _record(row: asyncpg.Record) -> RuleRecord:
    return RuleRecord(
        rule=_rule(row["id"], row),
        site=row["site"],
        batch_id=row["batch_id"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        used=row["used"],
    )
