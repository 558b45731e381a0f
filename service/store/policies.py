"""Table `policy`, as the owner set it: what the brake makes of it is in `sites.by_slug`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.model.screenings import Policy
from service.store.database import Connection
from service.store.sites import policy_of

CURRENT: Final = """
SELECT p.version, p.weights, p.approve_at, p.spam_at, p.reject_at, p.automatic, p.target_precision,
       p.unseen_share, p.set_by, p.set_at
  FROM site s
  JOIN policy p ON p.site_id = s.id AND p.version = s.policy_version
 WHERE s.id = $1
"""
# Whoever saw another version than the present one gets no row. What waits is screened anew.
ADD: Final = """
WITH moved AS (
    UPDATE site
       SET policy_version = policy_version + 1, renew_after = '00000000-0000-0000-0000-000000000000'
     WHERE id = $1 AND policy_version = $2
    RETURNING policy_version
)
INSERT INTO policy (site_id, version, weights, approve_at, spam_at, reject_at, automatic, target_precision,
                    unseen_share, set_by)
SELECT $1, policy_version, $3, $4, $5, $6, $7, $8, $9, $10
  FROM moved
RETURNING version
"""


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy with who set it, and when."""

    policy: Policy
    set_by: str
    set_at: datetime


async def current(conn: Connection, site_id: int) -> StoredPolicy:
    """The policy that counts now on this site."""
    row = await conn.fetchrow(CURRENT, site_id)
    assert row is not None
    return StoredPolicy(policy_of(row), row["set_by"], row["set_at"])


async def add(conn: Connection, site_id: int, policy: Policy, actor: str) -> int | None:
    """Put this policy in the place of version `policy.version`; None where that is not the present one."""
    version: int | None = await conn.fetchval(
        ADD,
        site_id,
        policy.version,
        json.dumps(dict(sorted(policy.weights.items()))),
        policy.approve_at,
        policy.spam_at,
        policy.reject_at,
        sorted(policy.automatic),
        policy.target_precision,
        policy.unseen_share,
        actor,
    )
    return version
